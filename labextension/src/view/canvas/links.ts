/** The edges of a scene by the item they touch, and the walk along them. */

import type { Scene } from "../../model/types";
import { OPEN_FOLD, OPEN_MODULE } from "./places";

export interface Links {
  /** Edges that end at an item. */
  into(item: number): Uint32Array;
  /** Edges that start at it. */
  outOf(item: number): Uint32Array;
}

export type Direction = "up" | "down" | "left" | "right";
type Way = "up" | "down";

/** A value's way: edges from border to border, and the item at its end. */
export interface Trail {
  readonly end: number;
  readonly edges: readonly number[];
}

/** Edges are cut at the borders of open modules: where one ends on a border, the next begins about below it. */
const SAME_PORT = 1;
/** Trails of one item; a value with more uses than these is not followed to all of them. */
const MOST_TRAILS = 2_000;

export function linksOf(scene: Scene): Links {
  return { into: byItem(scene.to, scene.count), outOf: byItem(scene.from, scene.count) };
}

/** The ways of all values from an item down to their users, or up to where they come from, through every open border. */
export function trails(scene: Scene, links: Links, from: number, way: Way): Trail[] {
  const open = isOpen(scene, from);
  const first = [...(way === "down" ? links.outOf(from) : links.into(from))];
  // A frame is left from its border; what is inside is another matter.
  const outside = open ? first.filter((edge) => scene.parent[farEnd(scene, edge, way)] !== from) : first;
  const out: Trail[] = [];
  const paths = outside.map((edge) => [edge]);
  for (let path = paths.pop(); path && out.length < MOST_TRAILS; path = paths.pop()) {
    const edge = path.at(-1)!;
    const end = farEnd(scene, edge, way);
    const next = isOpen(scene, end) ? beyond(scene, links, edge, end, way) : [];
    if (next.length === 0) out.push({ end, edges: path });
    else for (const one of next) paths.push([...path, one]);
  }
  return out.reverse();
}

/** The edges that go on with a value on the other side of a border. */
function beyond(scene: Scene, links: Links, edge: number, border: number, way: Way): number[] {
  const near = way === "down" ? scene.from[edge]! : scene.to[edge]!;
  const leaving = scene.parent[near] === border;
  const at = portX(scene, edge, way === "down" ? "end" : "start");
  return [...(way === "down" ? links.outOf(border) : links.into(border))].filter((next) => {
    const inside = scene.parent[farEnd(scene, next, way)] === border;
    return inside !== leaving && Math.abs(portX(scene, next, way === "down" ? "start" : "end") - at) <= SAME_PORT;
  });
}

function farEnd(scene: Scene, edge: number, way: Way): number {
  return way === "down" ? scene.to[edge]! : scene.from[edge]!;
}

function portX(scene: Scene, edge: number, at: "start" | "end"): number {
  return scene.points[2 * (at === "start" ? scene.bends[edge]! : scene.bends[edge + 1]! - 1)]!;
}

function byItem(ends: Uint32Array, items: number): (item: number) => Uint32Array {
  const start = new Uint32Array(items + 1);
  for (let edge = 0; edge < ends.length; edge++) start[ends[edge]! + 1]!++;
  for (let item = 0; item < items; item++) start[item + 1]! += start[item]!;
  const next = start.slice(0, items);
  const edges = new Uint32Array(ends.length);
  for (let edge = 0; edge < ends.length; edge++) edges[next[ends[edge]!]!++] = edge;
  return (item) => edges.subarray(start[item] ?? 0, start[item + 1] ?? 0);
}

/** The item that an arrow key leads to; -1 where there is none. Up and down follow edges, left and right the row. */
export function step(scene: Scene, links: Links, from: number, direction: Direction): number {
  if (direction === "left" || direction === "right") return beside(scene, from, direction === "right" ? 1 : -1);
  const ends = trails(scene, links, from, direction).map(({ end }) => end);
  if (direction === "down" && isOpen(scene, from)) return topmost(scene, from);
  const along = nearest(
    scene,
    from,
    ends.filter((end) => end !== from && !around(scene, end, from)),
  );
  if (along >= 0) return along;
  return direction === "down" ? -1 : (scene.parent[from] ?? -1);
}

/** The topmost item inside an item, or of the whole (-1). */
export function topmost(scene: Scene, parent: number): number {
  let best = -1;
  for (let item = parent + 1; item < scene.count; item++) {
    if (scene.parent[item] !== parent) continue;
    if (
      best < 0 ||
      scene.y[item]! < scene.y[best]! ||
      (scene.y[item] === scene.y[best] && scene.x[item]! < scene.x[best]!)
    )
      best = item;
  }
  return best;
}

/** Whether an item is around another. */
function around(scene: Scene, outer: number, item: number): boolean {
  for (let at = scene.parent[item]!; at >= 0; at = scene.parent[at]!) if (at === outer) return true;
  return false;
}

function nearest(scene: Scene, from: number, others: readonly number[]): number {
  let [best, least] = [-1, Number.POSITIVE_INFINITY];
  for (const other of others) {
    const away = Math.abs(middle(scene, other) - middle(scene, from));
    if (away < least) [best, least] = [other, away];
  }
  return best;
}

function beside(scene: Scene, from: number, side: 1 | -1): number {
  const [top, bottom] = [scene.y[from]!, scene.y[from]! + scene.h[from]!];
  let [best, least] = [-1, Number.POSITIVE_INFINITY];
  for (let item = 0; item < scene.count; item++) {
    if (item === from || scene.parent[item] !== scene.parent[from]) continue;
    const overlap = Math.min(bottom, scene.y[item]! + scene.h[item]!) - Math.max(top, scene.y[item]!);
    const away = side * (middle(scene, item) - middle(scene, from));
    if (overlap > 0 && away > 0 && away < least) [best, least] = [item, away];
  }
  return best;
}

function middle(scene: Scene, item: number): number {
  return scene.x[item]! + scene.w[item]! / 2;
}

export function isOpen(scene: Scene, item: number): boolean {
  return scene.kind[item] === OPEN_MODULE || scene.kind[item] === OPEN_FOLD;
}

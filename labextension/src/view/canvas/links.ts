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

export function linksOf(scene: Scene): Links {
  const into = byItem(scene.to, scene.count);
  const outOf = byItem(scene.from, scene.count);
  return { into, outOf };
}

function byItem(ends: Uint32Array, items: number): (item: number) => Uint32Array {
  const start = new Uint32Array(items + 1);
  for (const end of ends) start[end + 1]!++;
  for (let item = 0; item < items; item++) start[item + 1]! += start[item]!;
  const next = start.slice(0, items);
  const edges = new Uint32Array(ends.length);
  ends.forEach((end, edge) => {
    edges[next[end]!++] = edge;
  });
  return (item) => edges.subarray(start[item] ?? 0, start[item + 1] ?? 0);
}

/** The item that an arrow key leads to; -1 where there is none. Up and down follow edges, left and right the row. */
export function step(scene: Scene, links: Links, from: number, direction: Direction): number {
  if (direction === "left" || direction === "right") return beside(scene, from, direction === "right" ? 1 : -1);
  const ends = direction === "down" ? links.outOf(from) : links.into(from);
  const others = [...ends].map((edge) => (direction === "down" ? scene.to[edge]! : scene.from[edge]!));
  const along = nearest(scene, from, others.filter((other) => other !== from));
  if (along >= 0) return along;
  return direction === "down" ? topmost(scene, from) : (scene.parent[from] ?? -1);
}

/** The topmost item inside an item, or of the whole (-1). */
export function topmost(scene: Scene, parent: number): number {
  let best = -1;
  for (let item = parent + 1; item < scene.count; item++) {
    if (scene.parent[item] !== parent) continue;
    if (best < 0 || scene.y[item]! < scene.y[best]! || (scene.y[item] === scene.y[best] && scene.x[item]! < scene.x[best]!)) best = item;
  }
  return best;
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

/** What is brought out in a drawing: the selection, the finding in view with its chain and regions, the Run's heat. */

import type { Unpacked } from "../../model/types";
import type { Look } from "../../schema";
import type { Selected } from "../types";
import type { Rect } from "./camera";
import { BASE, type Drawing } from "./drawing";
import { trails } from "./links";
import { heatBucket } from "./palette";

/** More regions than these are shaded only for the finding in view; what does no harm is shaded only then, too. */
const FEW_REGIONS = 6;
const PADDING = 7;

export interface Shade {
  readonly box: Rect;
  readonly caption: string;
  readonly look: Look;
  /** Whether it is the finding in view that controls it. */
  readonly chosen: boolean;
}

export interface Emphasis {
  /** Its item, -1 for none. */
  readonly selected: number;
  /** The edges into and out of it. */
  readonly ways: readonly number[];
  readonly shades: readonly Shade[];
  /** The items of the chain of the finding in view, in order. */
  readonly chain: readonly number[];
  readonly chainLook: Look;
  /** The edges between its steps, and the steps between which none is drawn. */
  readonly chainWays: readonly number[];
  readonly chainGaps: readonly (readonly [number, number])[];
  /** A bucket for each item, 0 where it was not compared; null where no Run is in view. */
  readonly heat: Uint8Array | null;
  /** The item of the first divergence, -1 for none. */
  readonly first: number;
}

export interface Viewed {
  readonly graph: number;
  readonly selected: Selected;
  readonly finding: number | null;
  readonly run: number | null;
}

export function emphasisOf(drawing: Drawing, unpacked: Unpacked, viewed: Viewed): Emphasis {
  const { shown } = unpacked;
  const finding = viewed.finding === null ? undefined : shown.findings[viewed.finding];
  const here = finding?.graph === viewed.graph ? finding : undefined;
  const run = viewed.run === null ? undefined : shown.runs[viewed.run];
  const [compared, heat] = run?.graph === viewed.graph ? [run.compared, run.heat] : [null, null];
  const first = run?.graph === viewed.graph ? run.first_divergence : null;
  const selected = drawing.places.ofSelected(viewed.selected);
  const chain = here ? stepsOf(drawing, here.chain) : [];
  return {
    selected,
    ways: waysOf(drawing, selected),
    shades: shadesOf(drawing, viewed.finding),
    chain,
    chainLook: here?.look ?? "note",
    ...joined(drawing, chain),
    heat: compared && heat ? heatOf(drawing, unpacked.numbers(compared), unpacked.numbers(heat)) : null,
    first: first === null ? -1 : drawing.places.ofNode(first),
  };
}

function waysOf({ scene, links }: Drawing, item: number): number[] {
  if (item < 0) return [];
  const all = [...trails(scene, links, item, "up"), ...trails(scene, links, item, "down")];
  return [...new Set(all.flatMap(({ edges }) => edges))];
}

/** How the steps of a chain hang together in the drawing. */
export function joined({ scene, links }: Drawing, chain: readonly number[]): Pick<Emphasis, "chainWays" | "chainGaps"> {
  const [chainWays, chainGaps]: [number[], (readonly [number, number])[]] = [[], []];
  for (const [at, to] of chain.slice(1).entries()) {
    const from = chain[at]!;
    const trail = trails(scene, links, to, "up").find(({ end }) => end === from);
    if (trail) chainWays.push(...trail.edges);
    else chainGaps.push([from, to]);
  }
  return { chainWays, chainGaps };
}

/** The items of a chain; what is inside one closed module is one step. */
export function stepsOf(drawing: Drawing, chain: readonly number[]): number[] {
  const items = chain.map((node) => drawing.places.ofNode(node)).filter((item) => item >= 0);
  return items.filter((item, at) => item !== items[at - 1]);
}

/** The hottest node of each item. */
export function heatOf(drawing: Drawing, compared: ArrayLike<number>, heat: ArrayLike<number>): Uint8Array {
  const buckets = new Uint8Array(drawing.scene.count);
  for (let at = 0; at < compared.length; at++) {
    const item = drawing.places.ofNode(compared[at]!);
    if (item >= 0) buckets[item] = Math.max(buckets[item]!, heatBucket(heat[at] ?? 0));
  }
  return buckets;
}

function shadesOf(drawing: Drawing, finding: number | null): Shade[] {
  const { regions } = drawing.graph.about;
  const few = regions.length <= FEW_REGIONS;
  return regions
    .flatMap((region) => {
      const chosen = region.finding === finding;
      const look = drawing.shown.findings[region.finding]?.look ?? "note";
      if (!chosen && !(few && (look === "error" || look === "warning"))) return [];
      // A closed module's mark says enough of what others hide in it.
      const box = chosen || !isHidden(drawing, region.nodes) ? hullOf(drawing, region.nodes) : null;
      return box ? [{ box, caption: region.caption, look, chosen }] : [];
    });
}

/** Whether all nodes are in one closed module or fold. */
function isHidden(drawing: Drawing, nodes: readonly number[]): boolean {
  const items = new Set(nodes.map((node) => drawing.places.ofNode(node)));
  const [item] = items;
  return items.size === 1 && item !== undefined && item >= 0 && [BASE.module, BASE.fold].some((kind) => drawing.base[item] === kind);
}

/** The box around the items of a region, or around what holds them in the innermost frame that they share. */
export function hullOf(drawing: Drawing, nodes: readonly number[]): Rect | null {
  const { scene, places } = drawing;
  const items = [...new Set(nodes.map((node) => places.ofNode(node)))].filter((item) => item >= 0);
  if (items.length === 0) return null;
  const shared = items.map((item) => scene.parent[item]!).reduce((a, b) => meeting(drawing, a, b));
  const inside = items.map((item) => lifted(drawing, item, shared));
  let [x, y, right, bottom] = [
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  for (const item of inside) {
    [x, y] = [Math.min(x, scene.x[item]!), Math.min(y, scene.y[item]!)];
    [right, bottom] = [
      Math.max(right, scene.x[item]! + scene.w[item]!),
      Math.max(bottom, scene.y[item]! + scene.h[item]!),
    ];
  }
  return { x: x - PADDING, y: y - PADDING, w: right - x + 2 * PADDING, h: bottom - y + 2 * PADDING };
}

/** The innermost frame around both, -1 for the whole. */
function meeting(drawing: Drawing, one: number, other: number): number {
  let [a, b] = [one, other];
  while (a !== b) {
    // Parents stand before what they hold: the later of two cannot be around the other.
    if (a > b) a = drawing.scene.parent[a]!;
    else b = drawing.scene.parent[b]!;
  }
  return a;
}

function lifted(drawing: Drawing, item: number, frame: number): number {
  let at = item;
  while (drawing.scene.parent[at]! !== frame) at = drawing.scene.parent[at]!;
  return at;
}

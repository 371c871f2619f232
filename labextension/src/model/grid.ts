/**
 * Which items and edges are in a rectangle. There is a grid for each size: a thing stands in the first whose cells are
 * as large as itself, once, in the cell of its upper left corner; so a rectangle is asked a little further up and left.
 */

import { grouped } from "./once";
import type { Scene } from "./types";

export interface Grid {
  /** The innermost item at a point; -1 where there is none. */
  at(x: number, y: number): number;
  /** The items that touch a rectangle, in their order: parents before what they hold. */
  items(x0: number, y0: number, x1: number, y1: number): Uint32Array;
  edges(x0: number, y0: number, x1: number, y1: number): Uint32Array;
}

const SMALLEST = 64;
/** More cells than this for each thing are not worth their memory. */
const CELLS_EACH = 4;

export function gridOf(scene: Scene): Grid {
  const { x, y, w, h, count } = scene;
  const items = index(count, (i) => x[i]!, (i) => y[i]!, (i) => x[i]! + w[i]!, (i) => y[i]! + h[i]!);
  const spans = spansOf(scene);
  const [x0, y0, x1, y1] = spans;
  const edges = index(scene.from.length, (i) => x0[i]!, (i) => y0[i]!, (i) => x1[i]!, (i) => y1[i]!);
  return {
    at: (px, py) => items(px, py, px, py).at(-1) ?? -1,
    items,
    edges,
  };
}

type Corner = (one: number) => number;
type Query = (x0: number, y0: number, x1: number, y1: number) => Uint32Array;

interface Layer {
  readonly cell: number;
  readonly columns: number;
  readonly rows: number;
  readonly start: Uint32Array;
  readonly list: Uint32Array;
}

function index(count: number, left: Corner, top: Corner, right: Corner, bottom: Corner): Query {
  let lowX = Number.POSITIVE_INFINITY;
  let lowY = Number.POSITIVE_INFINITY;
  let wide = 0;
  let high = 0;
  for (let i = 0; i < count; i++) {
    lowX = Math.min(lowX, left(i));
    lowY = Math.min(lowY, top(i));
  }
  for (let i = 0; i < count; i++) {
    wide = Math.max(wide, right(i) - lowX);
    high = Math.max(high, bottom(i) - lowY);
  }
  const least = Math.max(SMALLEST, Math.sqrt((wide * high) / (CELLS_EACH * Math.max(1, count))));
  const sizes = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const size = Math.max(right(i) - left(i), bottom(i) - top(i));
    sizes[i] = size <= least ? 0 : Math.ceil(Math.log2(size / least));
  }
  const bySize = grouped(sizes, 64);
  const layers: Layer[] = [];
  for (let size = 0; size < 64; size++) {
    const members = bySize.list.subarray(bySize.start[size]!, bySize.start[size + 1]!);
    if (members.length > 0) layers.push(layerOf(members, least * 2 ** size, wide, high, (i) => left(i) - lowX, (i) => top(i) - lowY));
  }
  return (x0, y0, x1, y1) => {
    const found: number[] = [];
    for (const layer of layers) {
      each(layer, x0 - lowX, y0 - lowY, x1 - lowX, y1 - lowY, (i) => {
        if (left(i) <= x1 && right(i) >= x0 && top(i) <= y1 && bottom(i) >= y0) found.push(i);
      });
    }
    return Uint32Array.from(found).sort();
  };
}

function layerOf(members: Uint32Array, cell: number, wide: number, high: number, left: Corner, top: Corner): Layer {
  const columns = Math.floor(wide / cell) + 1;
  const rows = Math.floor(high / cell) + 1;
  const keys = Uint32Array.from(members, (i) => Math.floor(top(i) / cell) * columns + Math.floor(left(i) / cell));
  const { start, list } = grouped(keys, columns * rows);
  return { cell, columns, rows, start, list: list.map((place) => members[place]!) };
}

function each({ cell, columns, rows, start, list }: Layer, x0: number, y0: number, x1: number, y1: number, visit: (one: number) => void): void {
  const firstColumn = Math.max(0, Math.floor(x0 / cell) - 1);
  const lastColumn = Math.min(columns - 1, Math.floor(x1 / cell));
  const firstRow = Math.max(0, Math.floor(y0 / cell) - 1);
  const lastRow = Math.min(rows - 1, Math.floor(y1 / cell));
  for (let row = firstRow; row <= lastRow; row++) {
    if (lastColumn < firstColumn) return;
    const end = start[row * columns + lastColumn + 1]!;
    for (let at = start[row * columns + firstColumn]!; at < end; at++) visit(list[at]!);
  }
}

function spansOf({ bends, points, from }: Scene): readonly [Float32Array, Float32Array, Float32Array, Float32Array] {
  const corner = () => new Float32Array(from.length);
  const x0 = corner();
  const y0 = corner();
  const x1 = corner();
  const y1 = corner();
  for (let edge = 0; edge < from.length; edge++) {
    const first = bends[edge]!;
    x0[edge] = x1[edge] = points[2 * first]!;
    y0[edge] = y1[edge] = points[2 * first + 1]!;
    for (let at = first + 1; at < bends[edge + 1]!; at++) {
      x0[edge] = Math.min(x0[edge]!, points[2 * at]!);
      x1[edge] = Math.max(x1[edge]!, points[2 * at]!);
      y0[edge] = Math.min(y0[edge]!, points[2 * at + 1]!);
      y1[edge] = Math.max(y1[edge]!, points[2 * at + 1]!);
    }
  }
  return [x0, y0, x1, y1];
}

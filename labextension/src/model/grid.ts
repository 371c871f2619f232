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
  const items = index(boxesOf(scene));
  const edges = index(spansOf(scene));
  return {
    at: (px, py) => items(px, py, px, py).at(-1) ?? -1,
    items,
    edges,
  };
}

/** Four numbers of each thing: plain arrays, for a function asked 400,000 times would cost more than the rest. */
interface Corners {
  readonly left: Float32Array;
  readonly top: Float32Array;
  readonly right: Float32Array;
  readonly bottom: Float32Array;
}
type Query = (x0: number, y0: number, x1: number, y1: number) => Uint32Array;

interface Layer {
  readonly cell: number;
  readonly columns: number;
  readonly rows: number;
  readonly start: Uint32Array;
  readonly list: Uint32Array;
}

function index(corners: Corners): Query {
  const { left, top, right, bottom } = corners;
  const count = left.length;
  let [lowX, lowY, farX, farY] = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    if (left[i]! < lowX) lowX = left[i]!;
    if (top[i]! < lowY) lowY = top[i]!;
    if (right[i]! > farX) farX = right[i]!;
    if (bottom[i]! > farY) farY = bottom[i]!;
  }
  const [wide, high] = [farX - lowX, farY - lowY];
  const least = Math.max(SMALLEST, Math.sqrt((wide * high) / (CELLS_EACH * Math.max(1, count))));
  const sizes = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const size = Math.max(right[i]! - left[i]!, bottom[i]! - top[i]!);
    if (size > least) sizes[i] = Math.ceil(Math.log2(size / least));
  }
  const bySize = grouped(sizes, 64);
  const layers: Layer[] = [];
  for (let size = 0; size < 64; size++) {
    const members = bySize.list.subarray(bySize.start[size]!, bySize.start[size + 1]!);
    if (members.length > 0) layers.push(layerOf(members, least * 2 ** size, wide, high, corners, lowX, lowY));
  }
  return (x0, y0, x1, y1) => {
    const found: number[] = [];
    for (const layer of layers) {
      each(layer, x0 - lowX, y0 - lowY, x1 - lowX, y1 - lowY, (i) => {
        if (left[i]! <= x1 && right[i]! >= x0 && top[i]! <= y1 && bottom[i]! >= y0) found.push(i);
      });
    }
    return Uint32Array.from(found).sort();
  };
}

function layerOf(
  members: Uint32Array,
  cell: number,
  wide: number,
  high: number,
  { left, top }: Corners,
  lowX: number,
  lowY: number,
): Layer {
  const columns = Math.floor(wide / cell) + 1;
  const rows = Math.floor(high / cell) + 1;
  const keys = new Uint32Array(members.length);
  for (let at = 0; at < members.length; at++) {
    const one = members[at]!;
    keys[at] = Math.floor((top[one]! - lowY) / cell) * columns + Math.floor((left[one]! - lowX) / cell);
  }
  const { start, list } = grouped(keys, columns * rows);
  for (let at = 0; at < list.length; at++) list[at] = members[list[at]!]!;
  return { cell, columns, rows, start, list };
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

function boxesOf({ x, y, w, h }: Scene): Corners {
  const [right, bottom] = [new Float32Array(x.length), new Float32Array(x.length)];
  for (let i = 0; i < x.length; i++) {
    right[i] = x[i]! + w[i]!;
    bottom[i] = y[i]! + h[i]!;
  }
  return { left: x, top: y, right, bottom };
}

function spansOf({ bends, points, from }: Scene): Corners {
  const corner = () => new Float32Array(from.length);
  const spans = { left: corner(), top: corner(), right: corner(), bottom: corner() };
  for (let edge = 0; edge < from.length; edge++) {
    const first = bends[edge]!;
    let [left, top] = [points[2 * first]!, points[2 * first + 1]!];
    let [right, bottom] = [left, top];
    for (let at = first + 1; at < bends[edge + 1]!; at++) {
      const [x, y] = [points[2 * at]!, points[2 * at + 1]!];
      if (x < left) left = x;
      else if (x > right) right = x;
      if (y < top) top = y;
      else if (y > bottom) bottom = y;
    }
    spans.left[edge] = left;
    spans.top[edge] = top;
    spans.right[edge] = right;
    spans.bottom[edge] = bottom;
  }
  return spans;
}

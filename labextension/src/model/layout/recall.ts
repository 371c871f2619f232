/**
 * Boxes that look alike inside are laid out once: the layers of a model mostly do, and so do the boxes that nobody has
 * touched since the drawing before. What a layout depends on is written down as numbers, and compared as numbers.
 */

import { once } from "../once";
import type { Level } from "./level";
import { fillFloat, type Floats, floats } from "./lists";

/** A laid out box: places from its own upper left corner. */
export interface Made {
  readonly key: Float64Array;
  /** The middle and the upper side of each vertex but the bends. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly width: number;
  readonly height: number;
  /** Where each edge's points end, and the points. */
  readonly bends: Int32Array;
  readonly points: Float64Array;
}

export interface Recall {
  /** What was made of the same, now or for the drawing before. */
  known(key: Floats): Made | undefined;
  add(made: Made): void;
}

type Shelf = Map<number, Made[]>;

/** What the latest drawing of a graph was made of. */
const shelves = once(() => ({ last: new Map() as Shelf }));

/** For one drawing; what it does not use is forgotten with the next. */
export function recallFor(columns: Parameters<typeof shelves>[0]): Recall {
  const of = shelves(columns);
  const [before, now]: [Shelf, Shelf] = [of.last, new Map()];
  of.last = now;
  const add = (made: Made) => {
    const hash = hashOf(made.key, made.key.length);
    const there = now.get(hash);
    if (there) there.push(made);
    else now.set(hash, [made]);
  };
  return {
    known: ({ data, length }) => {
      const hash = hashOf(data, length);
      const same = (made: Made) => isSame(made.key, data, length);
      const found = now.get(hash)?.find(same);
      if (found) return found;
      const old = before.get(hash)?.find(same);
      if (old) add(old);
      return old;
    },
    add,
  };
}

const scratch = floats();
const HEAD = 6;

/** All that the inside of a box depends on once its rows are known. It lasts until the next one is asked for. */
export function keyOf(level: Level, least: number, portX: Float64Array, firstPort: number): Floats {
  const { count, entries, drawn, own, rows, drawnFrom } = level;
  const length = HEAD + 3 * count + 4 * drawnFrom.length;
  const key = fillFloat(scratch, length, 0);
  key.set([least, count, entries, drawn, own, rows]);
  writeVertices(level, key);
  writeEdges(level, key, HEAD + 3 * count, portX, firstPort);
  return scratch;
}

function writeVertices({ count, kind, row, w, h }: Level, key: Float64Array): void {
  const [kinds, rows, wide, high] = [kind.data, row.data, w.data, h.data];
  for (let one = 0, at = HEAD; one < count; one++) {
    key[at++] = kinds[one]! + 8 * rows[one]!;
    key[at++] = wide[one]!;
    key[at++] = high[one]!;
  }
}

function writeEdges(level: Level, key: Float64Array, start: number, portX: Float64Array, firstPort: number): void {
  const [from, to, out, into] = [level.drawnFrom.data, level.drawnTo.data, level.drawnFromPort.data, level.drawnToPort.data];
  for (let edge = 0, at = start; edge < level.drawnFrom.length; edge++) {
    // Edges that go out at one port share their way.
    const shared = edge > 0 && from[edge] === from[edge - 1] && out[edge] === out[edge - 1];
    key[at++] = from[edge]!;
    key[at++] = to[edge]!;
    key[at++] = out[edge]! < 0 ? -1 : shared ? -2 : portX[out[edge]! - firstPort]!;
    key[at++] = into[edge]! < 0 ? -1 : portX[into[edge]! - firstPort]!;
  }
}

function hashOf(key: Float64Array, length: number): number {
  let hash = length;
  for (let at = 0; at < length; at++) hash = (Math.imul(hash, 31) + ((key[at]! * 64) | 0)) | 0;
  return hash;
}

function isSame(one: Float64Array, other: Float64Array, length: number): boolean {
  if (one.length !== length) return false;
  for (let at = 0; at < length; at++) if (one[at] !== other[at]) return false;
  return true;
}

/**
 * Boxes that look alike inside are laid out once: the layers of a model mostly do, and so do the boxes that nobody has
 * touched since the drawing before. What a layout depends on is written down as numbers, and compared as numbers.
 */

import { once } from "../once";
import type { Level } from "./level";
import { addFloat, type Floats, floats } from "./lists";

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

/** All that the inside of a box depends on once its rows are known. It lasts until the next one is asked for. */
export function keyOf(level: Level, least: number, portX: Float64Array, firstPort: number): Floats {
  const { count, entries, drawn, own, rows, kind, row, w, h, drawnFrom, drawnTo, drawnFromPort, drawnToPort } = level;
  scratch.length = 0;
  for (const number of [least, count, entries, drawn, own, rows]) addFloat(scratch, number);
  for (let one = 0; one < count; one++) {
    addFloat(scratch, kind.data[one]! + 8 * row.data[one]!);
    addFloat(scratch, w.data[one]!);
    addFloat(scratch, h.data[one]!);
  }
  let [before, port] = [-1, -1];
  for (let edge = 0; edge < drawnFrom.length; edge++) {
    const [from, out, into] = [drawnFrom.data[edge]!, drawnFromPort.data[edge]!, drawnToPort.data[edge]!];
    addFloat(scratch, from);
    addFloat(scratch, drawnTo.data[edge]!);
    // Edges that go out at one port share their way.
    addFloat(scratch, out < 0 ? -1 : from === before && out === port ? -2 : portX[out - firstPort]!);
    addFloat(scratch, into < 0 ? -1 : portX[into - firstPort]!);
    [before, port] = [from, out];
  }
  return scratch;
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

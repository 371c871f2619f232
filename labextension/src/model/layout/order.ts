/**
 * The order of the vertices in each row: some sweeps down and up, each vertex to the middle of what it is joined to. The
 * order with the fewest crossings is kept; most boxes have none after the first sweeps.
 */

import type { Level } from "./level";
import { fill, fillFloat, floats, group, ints } from "./lists";

/** At most; in boxes of so many vertices that it would be felt, only a few. */
const SWEEPS = 24;
const SWEEPS_IN_LARGE = 6;
const LARGE = 5000;
/** Sweeps without fewer crossings before it is left at that. */
const PATIENCE = 6;
/** Rows up to this long are sorted by insertion: they are nearly in order after the first sweep. */
const SHORT = 24;

const scratch = { key: floats(), sorted: floats(), copy: ints(), best: ints(), tree: ints() };

export function setOrder(level: Level): void {
  const { count, stepFrom, stepTo } = level;
  group(level.inRow, level.row.data, count, level.rows);
  group(level.stepsDown, stepFrom.data, stepFrom.length, count);
  group(level.stepsUp, stepTo.data, stepTo.length, count);
  fill(level.at, count, 0);
  for (let row = 0; row < level.rows; row++) number(level, row);
  if (widest(level) < 2) return;
  fillFloat(scratch.key, count, 0);
  sweep(level);
}

function sweep(level: Level): void {
  const { list } = level.inRow;
  const limit = level.count > LARGE ? SWEEPS_IN_LARGE : SWEEPS;
  let fewest = crossings(level);
  if (fewest === 0) return;
  const best = fill(scratch.best, level.count, 0);
  best.set(list.data.subarray(0, level.count));
  let since = 0;
  for (let turn = 0; turn < limit && since < PATIENCE && fewest > 0; turn++) {
    // Equals keep their order in two sweeps and change it in the next two: another way out of a tangle.
    const swap = turn % 4 > 1;
    if (turn % 2 === 0) for (let row = 1; row < level.rows; row++) sweepRow(level, row, true, swap);
    else for (let row = level.rows - 2; row >= 0; row--) sweepRow(level, row, false, swap);
    const found = crossings(level);
    since++;
    if (found >= fewest) continue;
    fewest = found;
    since = 0;
    best.set(list.data.subarray(0, level.count));
  }
  list.data.set(best.subarray(0, level.count));
  for (let row = 0; row < level.rows; row++) number(level, row);
}

/** Counted row by row in a tree of sums (Barth, Juenger, Mutzel). */
function crossings(level: Level): number {
  const { start, list } = level.inRow;
  const at = level.at.data;
  const stepTo = level.stepTo.data;
  const steps = level.stepsDown;
  let found = 0;
  for (let row = 0; row + 1 < level.rows; row++) {
    const first = start.data[row]!;
    const end = start.data[row + 1]!;
    const next = start.data[row + 2]! - start.data[row + 1]!;
    if (end - first < 2 || next < 2) continue;
    const tree = fill(scratch.tree, next + 1, 0);
    let placed = 0;
    for (let i = first; i < end; i++) {
      const one = list.data[i]!;
      const a = steps.start.data[one]!;
      const b = steps.start.data[one + 1]!;
      for (let k = a; k < b; k++) {
        let before = 0;
        for (let place = at[stepTo[steps.list.data[k]!]!]! + 1; place > 0; place &= place - 1) before += tree[place]!;
        found += placed - before;
      }
      for (let k = a; k < b; k++, placed++) {
        for (let place = at[stepTo[steps.list.data[k]!]!]! + 1; place <= next; place += place & -place) tree[place]!++;
      }
    }
  }
  return found;
}

function widest(level: Level): number {
  const { start } = level.inRow;
  let most = 0;
  for (let row = 0; row < level.rows; row++) most = Math.max(most, start.data[row + 1]! - start.data[row]!);
  return most;
}

function number(level: Level, row: number): void {
  const { start, list } = level.inRow;
  for (let i = start.data[row]!, at = 0; i < start.data[row + 1]!; i++, at++) level.at.data[list.data[i]!] = at;
}

function sweepRow(level: Level, row: number, down: boolean, swap: boolean): void {
  const { start, list } = level.inRow;
  const first = start.data[row]!;
  const end = start.data[row + 1]!;
  if (end - first < 2) return;
  const steps = down ? level.stepsUp : level.stepsDown;
  const other = (down ? level.stepFrom : level.stepTo).data;
  const at = level.at.data;
  const key = scratch.key.data;
  const one = list.data;
  for (let i = first; i < end; i++) {
    const vertex = one[i]!;
    const a = steps.start.data[vertex]!;
    const b = steps.start.data[vertex + 1]!;
    let sum = 0;
    for (let k = a; k < b; k++) sum += at[other[steps.list.data[k]!]!]!;
    // What is joined to nothing stays beside the neighbour that it has.
    key[vertex] = b > a ? sum / (b - a) : i > first ? key[one[i - 1]!]! : 0;
  }
  if (end - first <= SHORT) insertionSort(one, first, end, key, swap);
  else sortLong(one, first, end, key, swap);
  number(level, row);
}

function insertionSort(list: Int32Array, first: number, end: number, key: Float64Array, swap: boolean): void {
  if (swap) list.subarray(first, end).reverse();
  for (let i = first + 1; i < end; i++) {
    const one = list[i]!;
    const value = key[one]!;
    let j = i - 1;
    for (; j >= first && key[list[j]!]! > value; j--) list[j + 1] = list[j]!;
    list[j + 1] = one;
  }
}

/** Sorts by key, then by place, as one number: comparing by a function would cost ten times as much. */
function sortLong(list: Int32Array, first: number, end: number, key: Float64Array, swap: boolean): void {
  if (swap) list.subarray(first, end).reverse();
  const length = end - first;
  const copy = fill(scratch.copy, length, 0);
  const sorted = fillFloat(scratch.sorted, length, 0).subarray(0, length);
  for (let i = 0; i < length; i++) {
    copy[i] = list[first + i]!;
    sorted[i] = Math.round(key[copy[i]!]! * 1024) * length + i;
  }
  sorted.sort();
  for (let i = 0; i < length; i++) list[first + i] = copy[sorted[i]! % length]!;
}

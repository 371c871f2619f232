/** The order of the vertices in each row: a few sweeps down and up, each vertex to the middle of what it is joined to. */

import type { Level } from "./level";
import { fill, fillFloat, floats, group, ints } from "./lists";

const SWEEPS = 4;
/** Rows up to this long are sorted by insertion: they are nearly in order after the first sweep. */
const SHORT = 24;

const scratch = { key: floats(), sorted: floats(), copy: ints() };

export function setOrder(level: Level): void {
  const { count, stepFrom, stepTo } = level;
  group(level.inRow, level.row.data, count, level.rows);
  group(level.stepsDown, stepFrom.data, stepFrom.length, count);
  group(level.stepsUp, stepTo.data, stepTo.length, count);
  fill(level.at, count, 0);
  for (let row = 0; row < level.rows; row++) number(level, row);
  if (widest(level) < 2) return;
  fillFloat(scratch.key, count, 0);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    if (sweep % 2 === 0) for (let row = 1; row < level.rows; row++) sweepRow(level, row, true);
    else for (let row = level.rows - 2; row >= 0; row--) sweepRow(level, row, false);
  }
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

function sweepRow(level: Level, row: number, down: boolean): void {
  const { start, list } = level.inRow;
  const [first, end] = [start.data[row]!, start.data[row + 1]!];
  if (end - first < 2) return;
  const steps = down ? level.stepsUp : level.stepsDown;
  const other = (down ? level.stepFrom : level.stepTo).data;
  const [at, key, one] = [level.at.data, scratch.key.data, list.data];
  for (let i = first; i < end; i++) {
    const vertex = one[i]!;
    const [a, b] = [steps.start.data[vertex]!, steps.start.data[vertex + 1]!];
    let sum = 0;
    for (let k = a; k < b; k++) sum += at[other[steps.list.data[k]!]!]!;
    // What is joined to nothing stays beside the neighbour that it has.
    key[vertex] = b > a ? sum / (b - a) : i > first ? key[one[i - 1]!]! : 0;
  }
  if (end - first <= SHORT) insertionSort(one, first, end, key);
  else sortLong(one, first, end, key);
  number(level, row);
}

function insertionSort(list: Int32Array, first: number, end: number, key: Float64Array): void {
  for (let i = first + 1; i < end; i++) {
    const one = list[i]!;
    const value = key[one]!;
    let j = i - 1;
    for (; j >= first && key[list[j]!]! > value; j--) list[j + 1] = list[j]!;
    list[j + 1] = one;
  }
}

/** Sorts by key, then by place, as one number: comparing by a function would cost ten times as much. */
function sortLong(list: Int32Array, first: number, end: number, key: Float64Array): void {
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

/** The row of each vertex: below all it takes from, in rows that do not grow too wide. */

import type { Level } from "./level";
import { fill, group, ints } from "./lists";

const LEAST_IN_ROW = 12;
/** The roles of a vertex: inputs stand above all others, outputs below. */
export const INPUT = 1;
export const OUTPUT = 2;

/** Lists for one level at a time. */
const scratch = { order: ints(), waits: ints(), free: ints(), next: ints(), used: ints(), done: ints(), least: ints() };

/** Gives rows to entries, items and exits; links that would run upward are marked as cut. */
export function setRows(level: Level): void {
  const { own, from } = level;
  group(level.byFrom, from.data, from.length, own);
  fill(level.cut, from.length, 0);
  const order = orderOf(level);
  const wide = Math.max(LEAST_IN_ROW, Math.ceil(0.9 * Math.sqrt(level.drawn - level.entries)));
  const least = leastRows(level, wide);
  const free = fill(scratch.free, own, 1);
  const row = level.row.data;
  const take = rowTaker(level.own + least + 2, wide);
  let last = level.entries > 0 ? 0 : -1;
  for (let i = 0; i < own; i++) {
    const one = order[i]!;
    if (one < level.entries) free[one] = 0;
    else if (one < level.drawn) {
      const role = level.role.data[one]!;
      if (role === INPUT) free[one] = 0;
      if (role === OUTPUT) continue;
      row[one] = take(Math.max(row[one]!, role === INPUT ? 0 : least));
      last = Math.max(last, row[one]!);
    } else continue;
    pushDown(level, one, free);
  }
  sink(level, order, free);
  last = Math.max(last, placeOutputs(level, last, wide));
  for (let exit = level.drawn; exit < own; exit++) row[exit] = last + 1;
  level.rows = own > level.drawn ? last + 2 : last + 1;
}

function pushDown(level: Level, one: number, free: Int32Array): void {
  const { start, list } = level.byFrom;
  const to = level.to.data;
  const cut = level.cut.data;
  const row = level.row.data;
  const below = row[one]! + 1;
  for (let k = start.data[one]!; k < start.data[one + 1]!; k++) {
    const link = list.data[k]!;
    if (cut[link]) continue;
    const other = to[link]!;
    if (row[other]! < below) row[other] = below;
    if (!free[one]) free[other] = 0;
  }
}

/** Inputs and entries fill the first rows; an item that a stub must stand above is not in the very first. */
function leastRows(level: Level, wide: number): number {
  let inputs = 0;
  for (let one = level.entries; one < level.drawn; one++) if (level.role.data[one] === INPUT) inputs++;
  const least = Math.max(level.entries > 0 ? 1 : 0, Math.ceil(inputs / wide));
  for (let link = 0; link < level.from.length; link++) if (level.cut.data[link]) raise(level, level.to.data[link]!, least + 1);
  for (let i = 0; i < level.lostAt.length; i++) raise(level, level.lostAt.data[i]!, least + 1);
  return least;
}

function raise(level: Level, one: number, row: number): void {
  level.row.data[one] = Math.max(level.row.data[one]!, row);
}

/** Gives the first row, from a wished one downwards, that is not full. Full rows are jumped in nearly constant time. */
function rowTaker(rows: number, wide: number): (wish: number) => number {
  const next = fill(scratch.next, rows, 0);
  const used = fill(scratch.used, rows, 0);
  for (let row = 0; row < rows; row++) next[row] = row;
  return (wish) => {
    let row = wish;
    while (next[row] !== row) {
      next[row] = next[next[row]!]!;
      row = next[row]!;
    }
    if (++used[row]! === wide) next[row] = row + 1;
    return row;
  };
}

/** What comes from no input stands close to what uses it. */
function sink(level: Level, order: Int32Array, free: Int32Array): void {
  const { start, list } = level.byFrom;
  const to = level.to.data;
  const cut = level.cut.data;
  const row = level.row.data;
  for (let i = level.own - 1; i >= 0; i--) {
    const one = order[i]!;
    if (!free[one] || one >= level.drawn || level.role.data[one] === OUTPUT) continue;
    let above = -1;
    for (let k = start.data[one]!; k < start.data[one + 1]!; k++) {
      const link = list.data[k]!;
      if (cut[link] || to[link]! >= level.drawn || level.role.data[to[link]!] === OUTPUT) continue;
      const row1 = row[to[link]!]! - 1;
      if (above < 0 || row1 < above) above = row1;
    }
    if (above > row[one]!) row[one] = above;
  }
}

function placeOutputs(level: Level, last: number, wide: number): number {
  let count = 0;
  for (let one = level.entries; one < level.drawn; one++) {
    if (level.role.data[one] === OUTPUT) level.row.data[one] = last + 1 + Math.floor(count++ / wide);
  }
  return count === 0 ? last : last + Math.ceil(count / wide);
}

/**
 * An order in which what a vertex takes stands before it. Items come in the order of recording, which nearly always is
 * such an order. Where two boxes feed each other no order is: the links that go back are cut.
 */
function orderOf(level: Level): Int32Array {
  const { own, from, to } = level;
  const order = fill(scratch.order, own, 0);
  let isOrder = true;
  for (let i = 0; i < own; i++) order[i] = i;
  for (let link = 0; link < from.length; link++) if (from.data[link]! >= to.data[link]!) isOrder = false;
  return isOrder ? order : sorted(level, order);
}

function sorted(level: Level, order: Int32Array): Int32Array {
  const { own, from, to, cut, byFrom } = level;
  const waits = fill(scratch.waits, own, 0);
  const done = fill(scratch.done, own, 0);
  for (let link = 0; link < from.length; link++) waits[to.data[link]!]!++;
  let head = 0;
  let tail = 0;
  let oldest = 0;
  for (let one = 0; one < own; one++) if (waits[one] === 0) order[tail++] = one;
  while (tail < own || head < tail) {
    if (head === tail) {
      while (done[oldest]) oldest++;
      waits[oldest] = 0;
      order[tail++] = oldest;
    }
    const one = order[head++]!;
    done[one] = 1;
    for (let k = byFrom.start.data[one]!; k < byFrom.start.data[one + 1]!; k++) {
      const link = byFrom.list.data[k]!;
      const other = to.data[link]!;
      if (done[other]) cut.data[link] = 1;
      else if (waits[other]! > 0 && --waits[other]! === 0) order[tail++] = other;
    }
  }
  return order;
}

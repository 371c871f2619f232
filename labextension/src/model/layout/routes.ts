/** The way of each edge: down through its bends, and around the foot of a column to the head of the next. */

import { BEND, type Level } from "./level";
import { add, addFloat, type Floats, fill, type Ints, ints } from "./lists";
import type { Columns } from "./columns";
import { BESIDE_LINE, GUTTER, LANE } from "./sizes";

/** What an edge's end keeps from the corners of its box, and the most that two ends are apart. */
const CORNER = 8;
const ENDS_APART = 12;
/** What is less than this beside upright is drawn upright. */
const UPRIGHT = 0.3;

const scratch = { lane: ints(), seen: ints(), path: ints() };

export interface Routes {
  readonly bends: Ints;
  readonly points: Floats;
}

/** Edges into one box end side by side, in the order in which they come. */
export function spreadEnds(level: Level): void {
  const { count, inRow, stepsDown, stepsUp, stepTo, stepToPort, stepIn, kind, w } = level;
  const seen = fill(scratch.seen, count, 0);
  for (let i = 0; i < count; i++) {
    const one = inRow.list.data[i]!;
    for (let k = stepsDown.start.data[one]!; k < stepsDown.start.data[one + 1]!; k++) {
      const step = stepsDown.list.data[k]!;
      const to = stepTo.data[step]!;
      const ends = stepsUp.start.data[to + 1]! - stepsUp.start.data[to]!;
      if (ends < 2 || kind.data[to] === BEND || stepToPort.data[step]! >= 0) continue;
      const apart = Math.max(0, Math.min(ENDS_APART, (w.data[to]! - 2 * CORNER) / (ends - 1)));
      stepIn.data[step] = (seen[to]!++ - (ends - 1) / 2) * apart;
    }
  }
}

/** Moves the columns beside each other, their left at 0; gives the width, and each column's right side. */
export function setColumnX(level: Level, columns: Columns): { width: number; rights: number[] } {
  const { x, w, inRow } = level;
  const rights: number[] = [];
  let left = 0;
  for (let k = 0; k < columns.count; k++) {
    const first = inRow.start.data[columns.starts[k]!]!;
    const end = inRow.start.data[columns.starts[k + 1]!]!;
    let least = Number.POSITIVE_INFINITY;
    let most = Number.NEGATIVE_INFINITY;
    for (let i = first; i < end; i++) {
      const one = inRow.list.data[i]!;
      least = Math.min(least, x.data[one]! - w.data[one]! / 2);
      most = Math.max(most, x.data[one]! + w.data[one]! / 2);
    }
    if (first === end) {
      least = 0;
      most = 0;
    }
    for (let i = first; i < end; i++) x.data[inRow.list.data[i]!]! += left - least;
    rights.push(left + most - least);
    left = rights[k]! + GUTTER + LANE * (columns.lanes[k] ?? 0);
  }
  return { width: rights[rights.length - 1] ?? 0, rights };
}

/** Writes the way of each drawn edge; returns nothing where a box has none. */
export function route(level: Level, columns: Columns, rights: readonly number[], into: Routes): void {
  const lane = columns.count > 1 ? lanesOf(level, columns) : scratch.lane.data;
  const { x, h, row, top, high, column, stepOut, stepIn, drawnFrom, drawnTo, drawnLast, drawnStep } = level;
  for (let edge = 0; edge < drawnFrom.length; edge++) {
    const from = drawnFrom.data[edge]!;
    const to = drawnTo.data[edge]!;
    const path = scratch.path;
    path.length = 0;
    for (let at = drawnLast.data[edge]!; at >= 0; at = level.before.data[at]!) add(path, at);
    const start = into.points.length;
    const firstBend = path.length > 0 ? path.data[path.length - 1]! : -1;
    const lastStep = drawnStep.data[edge]!;
    const out = firstBend < 0 ? stepOut.data[lastStep]! : stepOut.data[level.stepsUp.list.data[level.stepsUp.start.data[firstBend]!]!]!;
    const startX = x.data[from]! + out;
    point(into, start, startX, top.data[row.data[from]!]! + h.data[from]!);
    point(into, start, startX, top.data[row.data[from]!]! + high.data[row.data[from]!]!);
    let above = from;
    for (let k = path.length - 1; k >= -1; k--) {
      const one = k < 0 ? to : path.data[k]!;
      const oneX = x.data[one]! + (k < 0 ? stepIn.data[lastStep]! : 0);
      const r0 = row.data[above]!;
      const r1 = row.data[one]!;
      if (column.data[r0] !== column.data[r1]) {
        const aboveX = above === from ? startX : x.data[above]!;
        change(into, start, columns, rights, column.data[r0]!, footOf(level, columns, column.data[r0]!), lane[above]!, aboveX, oneX);
      }
      point(into, start, oneX, top.data[r1]!);
      if (k >= 0) point(into, start, oneX, top.data[r1]! + high.data[r1]!);
      above = one;
    }
    add(into.bends, into.points.length >> 1);
  }
}

/** Out at the foot of a column, up beside it, in at the head of the next. */
function change(
  into: Routes,
  start: number,
  columns: Columns,
  rights: readonly number[],
  column: number,
  foot: number,
  lane: number,
  fromX: number,
  toX: number,
): void {
  const low = foot + BESIDE_LINE + LANE * lane;
  const high = columns.margin - BESIDE_LINE - LANE * (columns.lanes[column]! - 1 - lane);
  const beside = rights[column]! + GUTTER / 2 + LANE * lane;
  point(into, start, fromX, low);
  point(into, start, beside, low);
  point(into, start, beside, high);
  point(into, start, toX, high);
}

function footOf(level: Level, columns: Columns, column: number): number {
  const last = columns.starts[column + 1]! - 1;
  return level.top.data[last]! + level.high.data[last]!;
}

/** Each line that changes column has a lane of its own; the rightmost turns first, so that none cross. */
function lanesOf(level: Level, columns: Columns): Int32Array {
  const { inRow, stepsDown } = level;
  const lane = fill(scratch.lane, level.count, 0);
  for (let k = 1; k < columns.count; k++) {
    const row = columns.starts[k]! - 1;
    let next = 0;
    for (let i = inRow.start.data[row + 1]! - 1; i >= inRow.start.data[row]!; i--) {
      const one = inRow.list.data[i]!;
      const steps = stepsDown.start.data[one + 1]! - stepsDown.start.data[one]!;
      lane[one] = next;
      next += steps;
    }
  }
  return lane;
}

/** Adds a point, unless it is where the last one is; a point in the middle of an upright line is left out. */
function point(into: Routes, start: number, x: number, y: number): void {
  const { data, length } = into.points;
  if (length >= start + 2 && Math.abs(data[length - 2]! - x) < UPRIGHT) {
    const step = y - data[length - 1]!;
    if (step === 0) return;
    const isUpright = length >= start + 4 && Math.abs(data[length - 4]! - x) < UPRIGHT;
    if (isUpright && data[length - 1]! > data[length - 3]! === step > 0) {
      data[length - 1] = y;
      return;
    }
    addFloat(into.points, data[length - 2]!);
  } else addFloat(into.points, x);
  addFloat(into.points, y);
}

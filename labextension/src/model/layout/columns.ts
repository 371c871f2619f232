/** How high rows are, and where a box that would be a long strip is cut into columns. */

import { BEND, type Level } from "./level";
import { fill, fillFloat, floats, ints } from "./lists";
import { BELOW, BELOW_EDGE, BELOW_MOST, BESIDE, BESIDE_LINE, GUTTER, LANE } from "./sizes";

/** A strip is cut only where it is this high, and where the frame it needs shrinks at least to this part. */
const HIGH = 1800;
const WORTH = 0.7;
/** What a cut strip should look like: width to height. */
const SHAPE = 1.5;
const MOST_COLUMNS = 400;
/** The part of a column's height in which its end is looked for: one in so many. */
const FOOT = 8;

const scratch = { crossing: ints(), wide: floats() };

export interface Columns {
  readonly count: number;
  /** Room for the lines that change column, above and below each column. */
  readonly margin: number;
  /** Of each column: the first row, and after the last column the number of rows. */
  readonly starts: readonly number[];
  /** How many lines go from a column to the next. */
  readonly lanes: readonly number[];
  readonly height: number;
}

/** Sets top and height of each row, and the column it is in. Tops begin anew in each column. */
export function setColumns(level: Level): Columns {
  const { rows } = level;
  const top = fillFloat(level.top, rows, 0);
  const high = fillFloat(level.high, rows, 0);
  const gap = gaps(level, high);
  const whole = stack(top, high, gap, 0, rows);
  const starts = [0, ...cuts(level, top, high, whole), rows];
  const lanes = starts.slice(1, -1).map((row) => lanesAt(level, row - 1));
  const margin = starts.length > 2 ? BESIDE_LINE + LANE * Math.max(...lanes) : 0;
  const column = fill(level.column, rows, 0);
  let height = 0;
  for (let k = 0; k + 1 < starts.length; k++) {
    column.fill(k, starts[k]!, starts[k + 1]!);
    height = Math.max(height, stack(top, high, gap, starts[k]!, starts[k + 1]!));
  }
  for (let row = 0; row < rows; row++) top[row]! += margin;
  // Lines enter and leave at the very border of the box.
  if (level.entries > 0) top[0] = 0;
  const total = height + 2 * margin;
  if (level.own > level.drawn) top[rows - 1] = total;
  return { count: starts.length - 1, margin, starts, lanes, height: total };
}

/** Stacks rows from 0 down; how high they are together. */
function stack(top: Float64Array, high: Float64Array, gap: Int32Array, first: number, end: number): number {
  let y = 0;
  for (let row = first; row < end; row++) {
    top[row] = y;
    y += high[row]! + (row + 1 < end ? gap[row]! : 0);
  }
  return y;
}

function gaps(level: Level, high: Float64Array): Int32Array {
  const gap = fill(scratch.crossing, level.rows, 0);
  const { row, h, stepFrom, count } = level;
  for (let one = 0; one < count; one++) high[row.data[one]!] = Math.max(high[row.data[one]!]!, h.data[one]!);
  for (let step = 0; step < stepFrom.length; step++) gap[row.data[stepFrom.data[step]!]!]!++;
  const { start } = level.inRow;
  for (let at = 0; at < level.rows; at++) {
    const empty = start.data[at] === start.data[at + 1];
    gap[at] = empty ? 0 : Math.min(BELOW_MOST, BELOW + BELOW_EDGE * Math.max(0, gap[at]! - 1));
  }
  return gap;
}

/**
 * The rows at which new columns begin. Some column heights are tried, and the one is taken with which the whole needs
 * the smallest frame of the wished shape; a strip that this would not make much smaller stays one column.
 */
function cuts(level: Level, top: Float64Array, high: Float64Array, height: number): number[] {
  if (height < HIGH) return [];
  const wide = widths(level);
  const whole = widest(wide, 0, level.rows);
  const tallest = high.subarray(0, level.rows).reduce((most, one) => Math.max(most, one), 0);
  let best: number[] = [];
  let smallest = Number.POSITIVE_INFINITY;
  let least = WORTH * Math.max(whole / SHAPE, height);
  for (let columns = 2; columns <= MOST_COLUMNS; columns = Math.ceil(columns * 1.4)) {
    const limit = Math.max(tallest, (1.04 * height) / columns);
    const found = filled(level, top, high, limit);
    const frame = frameOf(level, [0, ...found, level.rows], wide, top, high);
    if (frame < least) {
      best = found;
      least = frame;
    }
    // From here on more columns only make it wider.
    if (limit === tallest || frame > 1.2 * smallest) break;
    smallest = Math.min(smallest, frame);
  }
  return best;
}

/** Fills columns up to a height. Near its foot a column ends where the fewest lines have to leave it. */
function filled(level: Level, top: Float64Array, high: Float64Array, limit: number): number[] {
  const first = level.entries > 0 ? 2 : 1;
  const end = level.rows - (level.own > level.drawn ? 1 : 0);
  const found: number[] = [];
  let start = 0;
  for (let row = first; row < end; row++) {
    if (top[row]! + high[row]! - top[start]! <= limit) continue;
    let cut = Math.max(row, start + 1);
    for (let back = cut - 1; back > Math.max(start, first - 1) && top[row]! - top[back]! < limit / FOOT; back--) {
      if (stepsInto(level, back) < stepsInto(level, cut)) cut = back;
    }
    found.push(cut);
    start = cut;
    row = cut;
  }
  return found;
}

/** The height of the smallest frame of the wished shape around the columns. */
function frameOf(level: Level, starts: readonly number[], wide: Float64Array, top: Float64Array, high: Float64Array): number {
  let width = 0;
  let height = 0;
  for (let k = 0; k + 1 < starts.length; k++) {
    const last = starts[k + 1]! - 1;
    width += widest(wide, starts[k]!, starts[k + 1]!) + GUTTER;
    height = Math.max(height, top[last]! + high[last]! - top[starts[k]!]!);
  }
  return level.rows === 0 ? 0 : Math.max(width / SHAPE, height);
}

function widest(wide: Float64Array, first: number, end: number): number {
  let most = 0;
  for (let row = first; row < end; row++) most = Math.max(most, wide[row]!);
  return most;
}

function stepsInto(level: Level, row: number): number {
  const { start, list } = level.inRow;
  let count = 0;
  for (let i = start.data[row]!; i < start.data[row + 1]!; i++) {
    const one = list.data[i]!;
    count += level.stepsUp.start.data[one + 1]! - level.stepsUp.start.data[one]!;
  }
  return count;
}

function widths(level: Level): Float64Array {
  const wide = fillFloat(scratch.wide, level.rows, 0);
  for (let one = 0; one < level.count; one++) {
    wide[level.row.data[one]!]! += level.w.data[one]! + (level.kind.data[one] === BEND ? BESIDE_LINE : BESIDE);
  }
  return wide;
}

/** How many sources have lines from a row to the next. */
function lanesAt(level: Level, row: number): number {
  const { start, list } = level.inRow;
  let lanes = 0;
  for (let i = start.data[row]!; i < start.data[row + 1]!; i++) {
    const one = list.data[i]!;
    lanes += level.stepsDown.start.data[one + 1]! - level.stepsDown.start.data[one]!;
  }
  return lanes;
}

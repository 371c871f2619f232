/** How high rows are, and where a box that would be a long strip is cut into columns. */

import { BEND, type Level } from "./level";
import { fill, fillFloat, ints } from "./lists";
import { BELOW, BELOW_EDGE, BELOW_MOST, BESIDE, BESIDE_LINE, GUTTER, LANE } from "./sizes";

/** A strip is cut when it is this high, and so many times as high as wide. */
const HIGH = 2400;
const SLIM = 4;
/** What a cut strip should look like: width to height. */
const SHAPE = 1.5;

const scratch = { crossing: ints() };

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
  const [top, high] = [fillFloat(level.top, rows, 0), fillFloat(level.high, rows, 0)];
  const gap = gaps(level, high);
  const whole = stack(top, high, gap, 0, rows);
  const starts = [0, ...cuts(level, top, whole), rows];
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

/** The rows at which new columns begin: near equal heights, and where few lines have to change column. */
function cuts(level: Level, top: Float64Array, height: number): number[] {
  if (height < HIGH) return [];
  const wide = typicalWidth(level) + GUTTER;
  const columns = Math.round(Math.sqrt((SHAPE * height) / wide));
  if (columns < 2 || height < SLIM * wide) return [];
  const [least, most] = [level.entries > 0 ? 2 : 1, level.rows - (level.own > level.drawn ? 2 : 1)];
  const found: number[] = [];
  let from = least;
  for (let k = 1; k < columns; k++) {
    const goal = (height * k) / columns;
    const slack = height / columns / 8;
    while (from < most && top[from]! < goal - slack) from++;
    let [best, fewest] = [-1, Number.POSITIVE_INFINITY];
    for (let row = from; row < most && (best < 0 || top[row]! <= goal + slack); row++) {
      const crossing = stepsInto(level, row);
      if (crossing < fewest) [best, fewest] = [row, crossing];
    }
    if (best < 0) break;
    found.push(best);
    from = best + 1;
  }
  return found;
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

/** Between the mean row and the widest one. */
function typicalWidth(level: Level): number {
  const { start, list } = level.inRow;
  let [sum, most, rows] = [0, 0, 0];
  for (let row = 0; row < level.rows; row++) {
    let wide = 0;
    for (let i = start.data[row]!; i < start.data[row + 1]!; i++) {
      wide += level.w.data[list.data[i]!]! + (level.kind.data[list.data[i]!] === BEND ? BESIDE_LINE : BESIDE);
    }
    if (wide > 0) rows++;
    sum += wide;
    most = Math.max(most, wide);
  }
  return (sum / Math.max(1, rows) + most) / 2;
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

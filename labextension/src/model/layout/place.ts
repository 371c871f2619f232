/**
 * How far to the right each vertex stands. Row after row, each wishes to stand straight below (then above) what it is
 * joined to; the wishes of a row are met as nearly as its order and its gaps allow, in linear time, by pooling those
 * that are in each other's way (isotonic regression).
 */

import { BEND, ITEM, type Level, NAMED } from "./level";
import { fill, fillFloat, floats, ints } from "./lists";
import { BESIDE, BESIDE_LINE, LINES_APART } from "./sizes";

/** Long lines are to be straight, before all else. */
const BOTH_LINES = 8;
const ONE_LINE = 2;
const STRONG = 1000;
const FAINT = 0.001;
/** A line leaves the straight only to save more than this. */
const CORNER = 160;

/** How much wider than its widest row a drawing may become to be straighter: boxes would step sideways without end. */
const SLACK = 160;

const half = floats();
const scratch = { wish: floats(), weight: floats(), apart: floats(), sum: floats(), mass: floats(), size: floats() };
const chain = { head: ints(), length: ints(), beside: floats(), sum: floats() };
const scratchLists = Object.values(scratch);

/** Where the wishes come from: the row above, the one below, both; or each stays, and boxes or lines are stronger. */
type Look = "up" | "down" | "both" | "boxes" | "lines";

export function setX(level: Level): void {
  fillFloat(level.x, level.count, 0);
  const most = longest(level);
  for (const list of scratchLists) fillFloat(list, most, 0);
  setBounds(level);
  for (let row = 0; row < level.rows; row++) placeRow(level, row, "up");
  if (most < 2) return;
  for (let row = level.rows - 1; row >= 0; row--) placeRow(level, row, "down");
  for (let row = 0; row < level.rows; row++) placeRow(level, row, "both");
  straighten(level);
}

/** The room of each column, to both sides of its middle. */
function setBounds(level: Level): void {
  const { start, list } = level.inRow;
  const bounds = fillFloat(half, level.rows, 0);
  for (let row = 0; row < level.rows; row++) {
    let wide = 0;
    for (let i = start.data[row]!; i < start.data[row + 1]!; i++) {
      const one = list.data[i]!;
      wide += i > start.data[row]! ? between(level, list.data[i - 1]!, one) : level.w.data[one]! / 2;
      if (i + 1 === start.data[row + 1]!) wide += level.w.data[one]! / 2;
    }
    const column = level.column.data[row]!;
    bounds[column] = Math.max(bounds[column]!, (wide + SLACK) / 2);
  }
}

/**
 * The bends of one line, one below the other, are moved outward to where the widest of their rows has room for the line,
 * so that the line runs straight. Where it would have to go far for that, it keeps its corner.
 */
function straighten(level: Level): void {
  const { x, before, ref } = level;
  alignChains(level);
  const first = firstBend(level);
  // First the lines make room for the boxes; with what they need then, they can be straight.
  for (let row = 0; row < level.rows; row++) placeRow(level, row, "boxes");
  if (first === level.count) return;
  for (let bend = first; bend < level.count; ) {
    let end = bend + 1;
    while (end < level.count && before.data[end] === end - 1 && isNear(level, end - 1, end)) end++;
    const right = x.data[bend]! >= x.data[ref.data[bend]!]!;
    let edge = x.data[bend]!;
    for (let i = bend + 1; i < end; i++) edge = right ? Math.max(edge, x.data[i]!) : Math.min(edge, x.data[i]!);
    x.data.fill(edge, bend, end);
    bend = end;
  }
  for (let row = 0; row < level.rows; row++) placeRow(level, row, "lines");
}

/** What stands between one that only feeds it and one that only takes it stands in one line with both, in their middle. */
function alignChains(level: Level): void {
  const { x, count, inRow, stepsUp, stepOut, stepIn } = level;
  const head = fill(chain.head, count, -1);
  const beside = fillFloat(chain.beside, count, 0);
  const sum = fillFloat(chain.sum, count, 0);
  const length = fill(chain.length, count, 0);
  for (let i = 0; i < count; i++) {
    const one = inRow.list.data[i]!;
    const above = onlyAbove(level, one);
    head[one] = one;
    if (above >= 0) {
      const step = stepsUp.list.data[stepsUp.start.data[one]!]!;
      head[one] = head[above]!;
      beside[one] = beside[above]! + stepOut.data[step]! - stepIn.data[step]!;
    }
    sum[head[one]!]! += x.data[one]! - beside[one]!;
    length[head[one]!]!++;
  }
  for (let one = 0; one < count; one++) {
    const first = head[one]!;
    if (length[first]! > 1) x.data[one] = sum[first]! / length[first]! + beside[one]!;
  }
}

/** The one vertex that a vertex takes from, where nothing else takes from that and neither has to move far; else -1. */
function onlyAbove(level: Level, one: number): number {
  const { stepsUp, stepsDown, stepFrom } = level;
  const k = stepsUp.start.data[one]!;
  if (stepsUp.start.data[one + 1]! - k !== 1) return -1;
  const above = stepFrom.data[stepsUp.list.data[k]!]!;
  if (stepsDown.start.data[above + 1]! - stepsDown.start.data[above]! !== 1) return -1;
  return isNear(level, above, one) ? above : -1;
}

function firstBend(level: Level): number {
  let first = level.count;
  while (first > 0 && level.kind.data[first - 1] === BEND) first--;
  return first;
}

function isNear(level: Level, above: number, below: number): boolean {
  const one = level.row.data[above]!;
  const other = level.row.data[below]!;
  return level.column.data[one] === level.column.data[other] && Math.abs(level.x.data[above]! - level.x.data[below]!) < CORNER;
}

function longest(level: Level): number {
  const { start } = level.inRow;
  let most = 0;
  for (let row = 0; row < level.rows; row++) most = Math.max(most, start.data[row + 1]! - start.data[row]!);
  return most;
}

/** Between the middles of two neighbours. */
function between(level: Level, left: number, right: number): number {
  const lines = Number(isLine(level, left)) + Number(isLine(level, right));
  const gap = lines === 2 ? LINES_APART : lines === 1 ? BESIDE_LINE : BESIDE;
  return (level.w.data[left]! + level.w.data[right]!) / 2 + gap;
}

function isLine(level: Level, one: number): boolean {
  const kind = level.kind.data[one]!;
  return kind !== ITEM && kind !== NAMED;
}

function placeRow(level: Level, row: number, look: Look): void {
  const { start, list } = level.inRow;
  const first = start.data[row]!;
  const end = start.data[row + 1]!;
  const wish = scratch.wish.data;
  const weight = scratch.weight.data;
  const apart = scratch.apart.data;
  const x = level.x.data;
  if (end - first < 2) {
    if (first < end) placeAlone(level, row, list.data[first]!, look);
    return;
  }
  for (let i = first, at = 0; i < end; i++, at++) {
    const one = list.data[i]!;
    apart[at] = at === 0 ? 0 : apart[at - 1]! + between(level, list.data[i - 1]!, one);
    setWish(level, row, one, look, at);
    if (weight[at]! > 0) wish[at]! -= apart[at]!;
    else {
      weight[at] = FAINT;
      wish[at] = look === "up" ? (at > 0 ? wish[at - 1]! : 0) : x[one]! - apart[at]!;
    }
  }
  pool(end - first);
  const bound = half.data[level.column.data[row]!]!;
  const least = level.w.data[list.data[first]!]! / 2 - bound;
  const most = bound - apart[end - first - 1]! - level.w.data[list.data[end - 1]!]! / 2;
  for (let i = first, at = 0; i < end; i++, at++) x[list.data[i]!] = Math.min(most, Math.max(least, wish[at]!)) + apart[at]!;
}

/** Most rows hold one vertex, which gets what it wishes. */
function placeAlone(level: Level, row: number, one: number, look: Look): void {
  const x = level.x.data;
  setWish(level, row, one, look, 0);
  const bound = half.data[level.column.data[row]!]! - level.w.data[one]! / 2;
  const wish = scratch.weight.data[0]! > 0 ? scratch.wish.data[0]! : x[one]!;
  x[one] = Math.min(bound, Math.max(-bound, wish));
}

/** Where a vertex wishes its middle to be, and how strongly; edges that change column have no say. */
function setWish(level: Level, row: number, one: number, look: Look, at: number): void {
  const { stepsUp, stepsDown, stepFrom, stepTo, stepOut, stepIn, x, column, kind } = level;
  const isBend = kind.data[one] === BEND;
  if (look === "boxes" || look === "lines") {
    scratch.weight.data[at] = isBend === (look === "lines") ? STRONG : 1;
    scratch.wish.data[at] = x.data[one]!;
    return;
  }
  let sum = 0;
  let mass = 0;
  if (look !== "down" && row > 0 && column.data[row] === column.data[row - 1]) {
    for (let k = stepsUp.start.data[one]!; k < stepsUp.start.data[one + 1]!; k++) {
      const step = stepsUp.list.data[k]!;
      const other = stepFrom.data[step]!;
      const strength = strengthOf(isBend, kind.data[other] === BEND);
      sum += strength * (x.data[other]! + stepOut.data[step]! - stepIn.data[step]!);
      mass += strength;
    }
  }
  if (look !== "up" && row + 1 < level.rows && column.data[row] === column.data[row + 1]) {
    for (let k = stepsDown.start.data[one]!; k < stepsDown.start.data[one + 1]!; k++) {
      const step = stepsDown.list.data[k]!;
      const other = stepTo.data[step]!;
      const strength = strengthOf(isBend, kind.data[other] === BEND);
      sum += strength * (x.data[other]! + stepIn.data[step]! - stepOut.data[step]!);
      mass += strength;
    }
  }
  scratch.weight.data[at] = mass;
  scratch.wish.data[at] = mass > 0 ? sum / mass : 0;
}

function strengthOf(one: boolean, other: boolean): number {
  return one && other ? BOTH_LINES : one || other ? ONE_LINE : 1;
}

/** Makes the wishes ascend, and each as near to what it was as its weight demands. */
function pool(count: number): void {
  const wish = scratch.wish.data;
  const weight = scratch.weight.data;
  const sum = scratch.sum.data;
  const mass = scratch.mass.data;
  const size = scratch.size.data;
  let blocks = 0;
  for (let at = 0; at < count; at++) {
    sum[blocks] = wish[at]! * weight[at]!;
    mass[blocks] = weight[at]!;
    size[blocks] = 1;
    blocks++;
    while (blocks > 1 && sum[blocks - 2]! * mass[blocks - 1]! > sum[blocks - 1]! * mass[blocks - 2]!) {
      blocks--;
      sum[blocks - 1]! += sum[blocks]!;
      mass[blocks - 1]! += mass[blocks]!;
      size[blocks - 1]! += size[blocks]!;
    }
  }
  for (let block = 0, at = 0; block < blocks; block++) {
    const value = sum[block]! / mass[block]!;
    for (let k = size[block]!; k > 0; k--) wish[at++] = value;
  }
}

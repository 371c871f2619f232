/**
 * Which links are drawn as an edge, and which as a stub beside the use that names the value. It is long edges, not many
 * nodes, that make a drawing unreadable and a layout slow; and the more uses a value has, the sooner they are in the way.
 */

import { type Level, NAMED, vertex } from "./level";
import { add, fill, ints } from "./lists";
import { STUB_HEIGHT } from "./sizes";

/** The most rows that an edge goes down: of a value with few uses in a box, with several, with many. */
const FEW = 2;
const SEVERAL = 8;
const FAR_FEW = 24;
const FAR_SEVERAL = 10;
const FAR_MANY = 3;
/** So many stubs stand in one row above their use; more of them stand in further rows. */
const STUBS_IN_ROW = 8;

const scratch = { stubs: ints(), seen: ints() };

/** Marks the links that become stubs as cut, draws the others, and puts the stubs in. */
export function cutFar(level: Level, stubWidth: (node: number) => number): void {
  const { from, value, row, to, cut } = level;
  const stubs = fill(scratch.stubs, level.own, 0);
  for (let first = 0; first < from.length; ) {
    // The links of one value stand together.
    let end = first + 1;
    while (end < from.length && value.data[end] === value.data[first]) end++;
    const uses = end - first;
    const far = uses <= FEW ? FAR_FEW : uses <= SEVERAL ? FAR_SEVERAL : FAR_MANY;
    for (let link = first; link < end; link++) {
      if (row.data[to.data[link]!]! - row.data[from.data[link]!]! > far) cut.data[link] = 1;
    }
    first = end;
  }
  drawNear(level);
  for (let link = 0; link < from.length; link++) {
    if (cut.data[link]) addStub(level, to.data[link]!, level.toPort.data[link]!, value.data[link]!, stubs, stubWidth);
  }
  for (let i = 0; i < level.lostAt.length; i++) {
    addStub(level, level.lostAt.data[i]!, -1, level.lostValue.data[i]!, stubs, stubWidth);
  }
}

/** Several values from one closed box to another are one edge. */
function drawNear(level: Level): void {
  const { byFrom, cut, from, to, fromPort, toPort } = level;
  const seen = fill(scratch.seen, level.own, -1);
  for (let k = 0; k < from.length; k++) {
    const link = byFrom.list.data[k]!;
    if (cut.data[link]) continue;
    const one = from.data[link]!;
    const other = to.data[link]!;
    const plain = fromPort.data[link]! < 0 && toPort.data[link]! < 0;
    if (plain && seen[other] === one) continue;
    if (plain) seen[other] = one;
    draw(level, one, other, fromPort.data[link]!, toPort.data[link]!);
  }
}

function draw(level: Level, from: number, to: number, fromPort: number, toPort: number): void {
  add(level.drawnFrom, from);
  add(level.drawnTo, to);
  add(level.drawnFromPort, fromPort);
  add(level.drawnToPort, toPort);
}

function addStub(
  level: Level,
  use: number,
  port: number,
  node: number,
  stubs: Int32Array,
  stubWidth: (node: number) => number,
): void {
  const first = level.entries > 0 ? 1 : 0;
  const above = Math.max(first, level.row.data[use]! - 1 - Math.floor(stubs[use]!++ / STUBS_IN_ROW));
  const stub = vertex(level, NAMED, node, above, stubWidth(node), STUB_HEIGHT);
  draw(level, stub, use, -1, port);
}

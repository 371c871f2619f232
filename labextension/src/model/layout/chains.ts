/** Edges over more than one row get a bend in each row between. Edges from one source share their bends as far as they can. */

import { BEND, type Level, vertex } from "./level";
import { add, fill, ints } from "./lists";

/** A bend is as wide as a line. */
const LINE = 2;

const scratch = { bendIn: ints() };

export function addBends(level: Level): void {
  const bendIn = fill(scratch.bendIn, level.rows, -1);
  const { drawnFrom, drawnTo, drawnFromPort, drawnToPort } = level;
  let source = -1;
  let port = -1;
  let reached = 0;
  for (let edge = 0; edge < drawnFrom.length; edge++) {
    const from = drawnFrom.data[edge]!;
    const to = drawnTo.data[edge]!;
    if (from !== source || drawnFromPort.data[edge] !== port) {
      source = from;
      port = drawnFromPort.data[edge]!;
      reached = level.row.data[from]!;
    }
    const start = level.row.data[from]!;
    const end = level.row.data[to]!;
    for (; reached + 1 < end; reached++) {
      const bend = vertex(level, BEND, from, reached + 1, LINE, 0);
      const before = reached === start ? -1 : bendIn[reached]!;
      level.before.data[bend] = before;
      step(level, before < 0 ? from : before, bend, before < 0 ? port : -1, -1);
      bendIn[reached + 1] = bend;
    }
    const last = end - 1 > start ? bendIn[end - 1]! : -1;
    add(level.drawnLast, last);
    add(level.drawnStep, step(level, last < 0 ? from : last, to, last < 0 ? port : -1, drawnToPort.data[edge]!));
  }
}

function step(level: Level, from: number, to: number, fromPort: number, toPort: number): number {
  add(level.stepFrom, from);
  add(level.stepTo, to);
  add(level.stepFromPort, fromPort);
  add(level.stepToPort, toPort);
  return level.stepFrom.length - 1;
}

/** One box's own layered graph while it is laid out. The lists are used again for each box: most boxes are small. */

import { add, addFloat, type Floats, floats, type Groups, groups, type Ints, ints } from "./lists";

/** What a vertex is. Ports and bends are lines that pass; the others are drawn. */
export const ITEM = 0;
export const ENTRY = 1;
export const EXIT = 2;
export const NAMED = 3;
export const BEND = 4;

export interface Level {
  /** Vertices: entries first, then items in the order of recording, then exits; later stubs and bends. */
  count: number;
  entries: number;
  /** Entries and items together: exits are from here to `own`. */
  drawn: number;
  own: number;
  readonly kind: Ints;
  /** An item's number, a port's vertex, the node that a stub names, the vertex that a bend's line comes from. */
  readonly ref: Ints;
  readonly row: Ints;
  readonly w: Floats;
  readonly h: Floats;
  /** The middle. */
  readonly x: Floats;
  /** The place in its row. */
  readonly at: Ints;
  rows: number;
  /** Inputs stand above all others, outputs below: 1 and 2; else 0. */
  readonly role: Ints;

  /** Links as they come from the graph: ends, their ports' places along the box (from its middle), value, portal or not. */
  readonly from: Ints;
  readonly to: Ints;
  readonly fromPort: Ints;
  readonly toPort: Ints;
  readonly value: Ints;
  readonly cut: Ints;
  readonly byFrom: Groups;
  /** Items with uses that cannot be drawn as an edge in any case. */
  readonly lostAt: Ints;
  readonly lostValue: Ints;

  /** Links that are drawn, and the last bend of each (-1 for none); a bend knows the one before it. */
  readonly drawnFrom: Ints;
  readonly drawnTo: Ints;
  readonly drawnFromPort: Ints;
  readonly drawnToPort: Ints;
  readonly drawnLast: Ints;
  readonly drawnStep: Ints;
  readonly before: Ints;

  /** Steps from one row to the next, and how far beside the middle of their ends they are attached. */
  readonly stepFrom: Ints;
  readonly stepTo: Ints;
  readonly stepOut: Floats;
  readonly stepIn: Floats;
  readonly stepFromPort: Ints;
  readonly stepToPort: Ints;
  readonly stepsDown: Groups;
  readonly stepsUp: Groups;

  readonly inRow: Groups;
  readonly top: Floats;
  readonly high: Floats;
  readonly column: Ints;
}

export function emptyLevel(): Level {
  const own = vertexLists();
  const links = linkLists();
  const drawn = drawnLists();
  const steps = stepLists();
  return { count: 0, entries: 0, drawn: 0, own: 0, rows: 0, ...own, ...links, ...drawn, ...steps };
}

function vertexLists() {
  return { kind: ints(), ref: ints(), row: ints(), w: floats(), h: floats(), x: floats(), at: ints(), role: ints(), before: ints() };
}

function linkLists() {
  const lost = { lostAt: ints(), lostValue: ints() };
  return { from: ints(), to: ints(), fromPort: ints(), toPort: ints(), value: ints(), cut: ints(), byFrom: groups(), ...lost };
}

function drawnLists() {
  const ports = { drawnFromPort: ints(), drawnToPort: ints() };
  return { drawnFrom: ints(), drawnTo: ints(), drawnLast: ints(), drawnStep: ints(), ...ports };
}

function stepLists() {
  const ends = { stepFrom: ints(), stepTo: ints(), stepFromPort: ints(), stepToPort: ints() };
  const found = { stepsDown: groups(), stepsUp: groups(), inRow: groups() };
  return { ...ends, stepOut: floats(), stepIn: floats(), ...found, top: floats(), high: floats(), column: ints() };
}

export function vertex(level: Level, kind: number, ref: number, row: number, w: number, h: number): number {
  add(level.kind, kind);
  add(level.ref, ref);
  add(level.row, row);
  addFloat(level.w, w);
  addFloat(level.h, h);
  add(level.role, 0);
  add(level.before, -1);
  return level.count++;
}

export function clear(level: Level): void {
  level.count = 0;
  level.rows = 0;
  const { kind, ref, row, w, h, role, before } = level;
  const { from, to, fromPort, toPort, value, cut, lostAt, lostValue } = level;
  const { drawnFrom, drawnTo, drawnFromPort, drawnToPort, drawnLast, drawnStep } = level;
  const { stepFrom, stepTo, stepOut, stepIn, stepFromPort, stepToPort } = level;
  for (const list of [kind, ref, row, w, h, role, before, from, to, fromPort, toPort, value, cut, lostAt, lostValue]) list.length = 0;
  for (const list of [drawnFrom, drawnTo, drawnFromPort, drawnToPort, drawnLast, drawnStep]) list.length = 0;
  for (const list of [stepFrom, stepTo, stepOut, stepIn, stepFromPort, stepToPort]) list.length = 0;
}

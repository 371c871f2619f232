/** Takes one box out of the whole: its items, ports and links as a layered graph of their own. */

import { OUTPUT as OUTPUT_NODE, PLACEHOLDER } from "../tables";
import type { GraphIndex } from "../types";
import { ENTRY, EXIT, ITEM, type Level, clear, vertex } from "./level";
import type { Levels } from "./levels";
import { add } from "./lists";
import { INPUT, OUTPUT } from "./rows";
import { NODE, type Visible } from "./visible";

const LINE = 2;

/** Fills `level` with what is in a box; false where there is nothing. */
export function build(
  level: Level,
  box: number,
  graph: GraphIndex,
  visible: Visible,
  levels: Levels,
  sizes: { readonly w: Float64Array; readonly h: Float64Array },
  local: Int32Array,
): boolean {
  const { start, list } = levels.itemsOf;
  const first = start.data[box + 1]!;
  const end = start.data[box + 2]!;
  if (first === end) return false;
  clear(level);
  addPorts(level, box, levels, local, 0);
  level.entries = level.count;
  for (let i = first; i < end; i++) {
    const item = list.data[i]!;
    local[item] = vertex(level, ITEM, item, 0, sizes.w[item]!, sizes.h[item]!);
    level.role.data[local[item]!] = roleOf(graph, visible, item);
  }
  level.drawn = level.count;
  addPorts(level, box, levels, local, 1);
  level.own = level.count;
  addLinks(level, box, levels, local);
  return true;
}

function roleOf(graph: GraphIndex, visible: Visible, item: number): number {
  if (visible.kind.data[item] !== NODE) return 0;
  const op = graph.columns.op[visible.ref.data[item]!];
  return op === PLACEHOLDER ? INPUT : op === OUTPUT_NODE ? OUTPUT : 0;
}

function addPorts(level: Level, box: number, levels: Levels, local: Int32Array, out: 0 | 1): void {
  const { start, list } = levels.portsOf;
  for (let i = start.data[box + 1]!; i < start.data[box + 2]!; i++) {
    const port = list.data[i]!;
    if (levels.port.out.data[port] !== out) continue;
    local[levels.count + port] = vertex(level, out ? EXIT : ENTRY, port, 0, LINE, 0);
  }
}

function addLinks(level: Level, box: number, levels: Levels, local: Int32Array): void {
  const { start, list } = levels.linksOf;
  const { link, lost, lostOf } = levels;
  for (let i = start.data[box + 1]!; i < start.data[box + 2]!; i++) {
    const one = list.data[i]!;
    add(level.from, local[link.from.data[one]!]!);
    add(level.to, local[link.to.data[one]!]!);
    add(level.fromPort, link.fromPort.data[one]!);
    add(level.toPort, link.toPort.data[one]!);
    add(level.value, link.value.data[one]!);
  }
  for (let i = lostOf.start.data[box + 1]!; i < lostOf.start.data[box + 2]!; i++) {
    const one = lostOf.list.data[i]!;
    add(level.lostAt, local[lost.at.data[one]!]!);
    add(level.lostValue, lost.value.data[one]!);
  }
}

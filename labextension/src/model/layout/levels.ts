/**
 * Edges, cut at the borders they cross. Each open box is a level with a layered graph of its own. A value that comes
 * into a box from outside enters at a port on its top, one that is used outside leaves at a port on its bottom: one port
 * for each value, so that what a box looks like inside does not depend on what is open elsewhere.
 */

import { usersOf } from "../tables";
import type { GraphIndex } from "../types";
import { add, type Groups, group, groups, type Ints, ints } from "./lists";
import type { Visible } from "./visible";

/** A value that crosses more borders than these is named by a stub: edges through all of them would not be linear. */
const BORDERS = 64;

export interface Levels {
  /** Vertices of a level: items, numbered as they are, and after them ports. Level 0 is the whole, level i + 1 is in item i. */
  readonly count: number;
  readonly ports: number;
  readonly port: { readonly box: Ints; readonly out: Ints };
  /** From vertex to vertex of one level; where an end is an open box, the port inside it, else -1. */
  readonly link: { readonly from: Ints; readonly to: Ints; readonly fromPort: Ints; readonly toPort: Ints; readonly value: Ints };
  /** Uses that only a stub shows: the item that uses, and the value. */
  readonly lost: { readonly at: Ints; readonly value: Ints };
  readonly itemsOf: Groups;
  readonly portsOf: Groups;
  readonly linksOf: Groups;
  readonly lostOf: Groups;
}

export function levelsOf(graph: GraphIndex, visible: Visible): Levels {
  const cut = cutEdges(graph, visible);
  const parent = visible.parent.data;
  const levels = visible.count + 1;
  const levelOf = (vertex: number) => (vertex < visible.count ? parent[vertex]! : cut.port.box.data[vertex - visible.count]!) + 1;
  const keyed = (vertices: Ints, count: number) => {
    const keys = new Int32Array(count);
    for (let i = 0; i < count; i++) keys[i] = levelOf(vertices.data[i]!);
    return keys;
  };
  const made = { itemsOf: groups(), portsOf: groups(), linksOf: groups(), lostOf: groups() };
  group(made.itemsOf, parent.map((box) => box + 1), visible.count, levels);
  group(made.portsOf, cut.port.box.data.map((box) => box + 1), cut.port.box.length, levels);
  group(made.linksOf, keyed(cut.link.to, cut.link.to.length), cut.link.to.length, levels);
  group(made.lostOf, keyed(cut.lost.at, cut.lost.at.length), cut.lost.at.length, levels);
  return { count: visible.count, ports: cut.port.box.length, ...cut, ...made };
}

type Cut = Pick<Levels, "port" | "link" | "lost">;

function cutEdges(graph: GraphIndex, visible: Visible): Cut {
  const cut: Cut = {
    port: { box: ints(), out: ints() },
    link: { from: ints(), to: ints(), fromPort: ints(), toPort: ints(), value: ints() },
    lost: { at: ints(), value: ints() },
  };
  const { start, list } = usersOf(graph.columns);
  const walk = walker(visible, cut);
  for (let node = 0; node < graph.nodes; node++) {
    const source = visible.ofNode[node]!;
    if (source < 0 || start[node] === start[node + 1]) continue;
    walk.from(node, source);
    for (let k = start[node]!; k < start[node + 1]!; k++) {
      const user = visible.ofNode[list[k]!]!;
      if (user >= 0 && user !== source) walk.to(user);
    }
  }
  return cut;
}

/** Follows one value at a time, up from its source and up from each of its users, until they meet. */
function walker(visible: Visible, cut: Cut) {
  const { count } = visible;
  const parent = visible.parent.data;
  const depth = visible.depth.data;
  // What holds for the value at hand is stamped with it, so that nothing needs to be wiped for the next.
  const fed = new Int32Array(count).fill(-1);
  const entered = new Int32Array(count).fill(-1);
  const entry = new Int32Array(count);
  const reached = new Int32Array(count + 1).fill(-1);
  const standsAt = new Int32Array(count + 1);
  const leavesBy = new Int32Array(count + 1);
  let value = -1;
  let source = -1;
  let top = -1;

  const link = (from: number, fromPort: number, to: number, toPort: number) => {
    add(cut.link.from, from);
    add(cut.link.fromPort, fromPort);
    add(cut.link.to, to);
    add(cut.link.toPort, toPort);
    add(cut.link.value, value);
  };
  const port = (box: number, out: number): number => {
    add(cut.port.box, box);
    add(cut.port.out, out);
    return count + cut.port.box.length - 1;
  };
  const reach = (box: number, vertex: number, by: number) => {
    reached[box + 1] = value;
    standsAt[box + 1] = vertex;
    leavesBy[box + 1] = by;
    top = box;
  };
  const levelDepth = (box: number) => (box < 0 ? 0 : depth[box]! + 1);
  const leave = () => {
    const out = port(top, 1);
    link(standsAt[top + 1]!, leavesBy[top + 1]!, out, -1);
    reach(parent[top]!, top, out);
  };
  const isFar = (user: number) => {
    let one = parent[source]!;
    let other = parent[user]!;
    for (let steps = 0; one !== other; steps++) {
      if (steps === 2 * BORDERS) return true;
      if (levelDepth(one) >= levelDepth(other)) one = parent[one]!;
      else other = parent[other]!;
    }
    return false;
  };
  const from = (node: number, item: number) => {
    value = node;
    source = item;
    reach(parent[item]!, item, -1);
  };
  const to = (user: number) => {
    if (fed[user] === value) return;
    if (isFar(user)) {
      fed[user] = value;
      add(cut.lost.at, user);
      add(cut.lost.value, value);
      return;
    }
    let at = user;
    let by = -1;
    while (fed[at] !== value) {
      fed[at] = value;
      const box = parent[at]!;
      while (levelDepth(top) > levelDepth(box)) leave();
      if (reached[box + 1] === value) {
        link(standsAt[box + 1]!, leavesBy[box + 1]!, at, by);
        return;
      }
      if (entered[box] !== value) {
        entered[box] = value;
        entry[box] = port(box, 0);
      }
      link(entry[box]!, -1, at, by);
      at = box;
      by = entry[box]!;
    }
  };
  return { from, to };
}

/** What is to be seen: the nodes, modules and folds that the open ones leave in view, parents before what they hold. */

import { foldsOf, GET_ATTR, sumsOf, worse } from "../tables";
import type { GraphIndex, Opened } from "../types";
import { add, type Ints, ints } from "./lists";

export const NODE = 0;
export const CLOSED_MODULE = 1;
export const OPEN_MODULE = 2;
export const CLOSED_FOLD = 3;
export const OPEN_FOLD = 4;
export const STUB = 5;
/** Nodes recorded one after the other in one box, none of which is to be seen by itself. */
export const STRETCH = 6;

export interface Visible {
  count: number;
  readonly kind: Ints;
  readonly ref: Ints;
  readonly times: Ints;
  readonly parent: Ints;
  /** How many open boxes are around an item. */
  readonly depth: Ints;
  readonly mark: Ints;
  readonly marks: Ints;
  /** The item that stands for a node: its own, or the closed one around it; -1 for what is never drawn. */
  readonly ofNode: Int32Array;
}

const UNKNOWN = -2;

export function isOpenKind(kind: number): boolean {
  return kind === OPEN_MODULE || kind === OPEN_FOLD;
}

/** Siblings come in the order of their first nodes: in one walk over the nodes each item is made when first needed. */
export function visibleOf(graph: GraphIndex, opened: Opened): Visible {
  const visible: Visible = {
    count: 0,
    kind: ints(),
    ref: ints(),
    times: ints(),
    parent: ints(),
    depth: ints(),
    mark: ints(),
    marks: ints(),
    ofNode: new Int32Array(graph.nodes).fill(-1),
  };
  const boxOf = boxes(graph, opened, visible);
  const { op, scope, mark } = graph.columns;
  const { alone } = opened;
  let last = -1;
  for (let node = 0; node < graph.nodes; node++) {
    if (op[node] === GET_ATTR) continue;
    const box = boxOf(scope[node]!, node);
    const closed = box >= 0 && !isOpenKind(visible.kind.data[box]!);
    // What runs over another box in between would stand both above and below it.
    if (closed) last = box;
    else if (alone && alone[node] === 0) last = stretched(visible, last, node, box, mark[node]!);
    else last = item(visible, NODE, node, 1, box, mark[node]!, mark[node] ? 1 : 0);
    visible.ofNode[node] = last;
  }
  if (alone) unstretch(visible);
  return visible;
}

/** Joins a node to the stretch that was the last item, or begins one. */
function stretched(visible: Visible, last: number, node: number, box: number, mark: number): number {
  const { kind, parent, times, mark: worst, marks } = visible;
  if (last < 0 || kind.data[last] !== STRETCH || parent.data[last] !== box) return item(visible, STRETCH, node, 1, box, mark, mark ? 1 : 0);
  times.data[last]!++;
  worst.data[last] = worse(worst.data[last]!, mark);
  if (mark) marks.data[last]!++;
  return last;
}

/** A stretch of one node is that node. */
function unstretch({ count, kind, times }: Visible): void {
  for (let at = 0; at < count; at++) if (kind.data[at] === STRETCH && times.data[at] === 1) kind.data[at] = NODE;
}

function item(to: Visible, kind: number, ref: number, times: number, parent: number, mark: number, marks: number): number {
  add(to.kind, kind);
  add(to.ref, ref);
  add(to.times, times);
  add(to.parent, parent);
  add(to.depth, parent < 0 ? 0 : to.depth.data[parent]! + 1);
  add(to.mark, mark);
  add(to.marks, marks);
  return to.count++;
}

/** The item that holds a node of a scope: the scope's own box, a fold in it, or the closed one around it; -1 for the whole. */
function boxes(graph: GraphIndex, opened: Opened, visible: Visible): (scope: number, node: number) => number {
  const { parent } = graph.columns;
  const { worst, marked } = sumsOf(graph.columns);
  const folds = foldsOf(graph.columns);
  const boxOf = new Int32Array(graph.scopes).fill(UNKNOWN);
  const foldOf = new Int32Array(graph.scopes).fill(UNKNOWN);
  boxOf[0] = -1;
  const foldBox = (first: number, around: number) => {
    if (foldOf[first] === UNKNOWN) {
      const kind = opened.folds.has(first) ? OPEN_FOLD : CLOSED_FOLD;
      foldOf[first] = item(visible, kind, first, folds.count[first]!, around, folds.worst[first]!, folds.marked[first]!);
    }
    return foldOf[first]!;
  };
  const isClosed = (box: number) => box >= 0 && !isOpenKind(visible.kind.data[box]!);
  const made = (scope: number, around: number): number => {
    if (isClosed(around)) return around;
    const first = folds.first[scope]!;
    const inner = first < 0 ? around : foldBox(first, around);
    if (isClosed(inner)) return inner;
    return item(visible, opened.scopes.has(scope) ? OPEN_MODULE : CLOSED_MODULE, scope, 1, inner, worst[scope]!, marked[scope]!);
  };
  const waiting: number[] = [];
  return (scope, node) => {
    let at = scope;
    for (; boxOf[at] === UNKNOWN; at = parent[at]!) waiting.push(at);
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) boxOf[next] = made(next, boxOf[parent[next]!]!);
    const box = boxOf[scope]!;
    const first = folds.between[node]!;
    return first < 0 || isClosed(box) ? box : foldBox(first, box);
  };
}

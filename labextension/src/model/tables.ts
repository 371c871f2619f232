/** A graph's scopes by number: what they hold, and which of them are folded. Parents stand before what they hold. */

import { type Grouped, grouped, once } from "./once";
import type { GraphColumns } from "./types";

export const PLACEHOLDER = 0;
export const GET_ATTR = 1;
export const OUTPUT = 3;

/** So many alike siblings in a row are drawn as one. */
const FOLDED_FROM = 3;
const NONE = 0xffffffff;

/** The scopes that a scope holds; scope 0 holds itself first, by its own `parent`, which is left out. */
export const childrenOf = once((columns): Grouped => {
  const keys = columns.parent.slice();
  if (keys.length > 0) keys[0] = keys.length;
  return grouped(keys, columns.parent.length + 1);
});

/** The nodes that are recorded directly in a scope and drawn. */
export const ownOf = once((columns): Grouped => {
  const keys = columns.scope.slice();
  for (let node = 0; node < keys.length; node++) if (columns.op[node] === GET_ATTR) keys[node] = columns.parent.length;
  return grouped(keys, columns.parent.length + 1);
});

export interface Sums {
  /** Nodes in a scope and below, without parameters. */
  readonly size: Uint32Array;
  readonly worst: Uint32Array;
  readonly marked: Uint32Array;
  /** The first node that is drawn, NONE where there is none. */
  readonly first: Uint32Array;
}

export const sumsOf = once((columns): Sums => {
  const scopes = columns.parent.length;
  const size = new Uint32Array(scopes);
  const worst = new Uint32Array(scopes);
  const marked = new Uint32Array(scopes);
  const first = new Uint32Array(scopes).fill(NONE);
  const { scope, op, mark } = columns;
  for (let node = scope.length - 1; node >= 0; node--) {
    const own = scope[node]!;
    if (op[node] !== GET_ATTR) {
      size[own]!++;
      first[own] = node;
    }
    if (mark[node]! > 0) {
      marked[own]!++;
      worst[own] = worse(worst[own]!, mark[node]!);
    }
  }
  for (let one = scopes - 1; one > 0; one--) {
    const parent = columns.parent[one]!;
    size[parent]! += size[one]!;
    marked[parent]! += marked[one]!;
    worst[parent] = worse(worst[parent]!, worst[one]!);
    first[parent] = Math.min(first[parent]!, first[one]!);
  }
  return { size, worst, marked, first };
});

/** Findings come worst first, and 0 is none. */
export function worse(one: number, other: number): number {
  return one === 0 ? other : other === 0 ? one : Math.min(one, other);
}

export interface Folds {
  /** Of a scope in a fold: the fold's first scope; elsewhere -1. */
  readonly first: Int32Array;
  /** Of a fold's first scope: how many; elsewhere 0. */
  readonly count: Uint32Array;
  readonly worst: Uint32Array;
  readonly marked: Uint32Array;
}

/**
 * Runs of alike siblings. Scopes in which nothing is drawn do not count. A node of the parent's own between two of them
 * ends the run: it takes from the one and feeds the other, and a fold would stand both above and below it.
 */
export const foldsOf = once((columns): Folds => {
  const scopes = columns.parent.length;
  const folds = {
    first: new Int32Array(scopes).fill(-1),
    count: new Uint32Array(scopes),
    worst: new Uint32Array(scopes),
    marked: new Uint32Array(scopes),
  };
  const children = childrenOf(columns);
  for (let parent = 0; parent < scopes; parent++) {
    if (children.start[parent + 1]! - children.start[parent]! >= FOLDED_FROM) foldChildren(columns, parent, folds);
  }
  return folds;
});

function foldChildren(columns: GraphColumns, parent: number, folds: Folds): void {
  const { first } = sumsOf(columns);
  const { start, list } = childrenOf(columns);
  const own = ownOf(columns);
  let run: number[] = [];
  let at = own.start[parent]!;
  for (let i = start[parent]!; i < start[parent + 1]!; i++) {
    const child = list[i]!;
    if (first[child] === NONE) continue;
    const last = run[run.length - 1];
    if (last !== undefined) {
      while (at < own.start[parent + 1]! && own.list[at]! < first[last]!) at++;
      const between = at < own.start[parent + 1]! && own.list[at]! < first[child]!;
      if (between || columns.same[child] !== columns.same[last] || first[child]! < first[last]!) {
        closeRun(columns, run, folds);
        run = [];
      }
    }
    if (columns.same[child]! > 0) run.push(child);
  }
  closeRun(columns, run, folds);
}

function closeRun(columns: GraphColumns, run: readonly number[], folds: Folds): void {
  if (run.length < FOLDED_FROM) return;
  const sums = sumsOf(columns);
  const head = run[0]!;
  folds.count[head] = run.length;
  for (const scope of run) {
    folds.first[scope] = head;
    folds.worst[head] = worse(folds.worst[head]!, sums.worst[scope]!);
    folds.marked[head]! += sums.marked[scope]!;
  }
}

/** The nodes that use a node, each once, in order. */
export const usersOf = once((columns): Grouped => {
  const { start, back } = columns;
  const nodes = columns.op.length;
  const first = new Uint32Array(nodes + 1);
  const last = new Uint32Array(nodes);
  for (let node = 0; node < nodes; node++) {
    for (let k = start[node]!; k < start[node + 1]!; k++) {
      const maker = node - back[k]!;
      if (last[maker] === node) continue;
      last[maker] = node;
      first[maker + 1]!++;
    }
  }
  for (let node = 0; node < nodes; node++) first[node + 1]! += first[node]!;
  const next = first.slice(0, nodes);
  const list = new Uint32Array(first[nodes]!);
  last.fill(0);
  for (let node = 0; node < nodes; node++) {
    for (let k = start[node]!; k < start[node + 1]!; k++) {
      const maker = node - back[k]!;
      if (last[maker] === node) continue;
      last[maker] = node;
      list[next[maker]!++] = node;
    }
  }
  return { start: first, list };
});

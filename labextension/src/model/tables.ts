/** A graph's scopes by number: what they hold, and which of them are folded. Parents stand before what they hold. */

import { type Grouped, grouped, once } from "./once";
import type { GraphColumns } from "./types";

export const PLACEHOLDER = 0;
export const GET_ATTR = 1;
export const OUTPUT = 3;

/** So many alike siblings in a row are drawn as one. */
const FOLDED_FROM = 3;
/** With nodes between them it takes more: an attention's query, key and value are better seen. */
const FOLDED_WITH_GAPS_FROM = 4;
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
  /** Of a node of the parent's own between two scopes of a fold: the fold's first scope; elsewhere -1. */
  readonly between: Int32Array;
  /** Of a fold's first scope: how many such nodes stand between two of its scopes. */
  readonly gap: Uint32Array;
}

/**
 * Runs of alike siblings. Scopes in which nothing is drawn do not count. What the parent itself computes between two of
 * them goes into the fold where it is the same each time, as in a loop over layers; else it ends the run, for it takes
 * from the one and feeds the other, and the fold would stand both above and below it.
 */
export const foldsOf = once((columns): Folds => {
  const scopes = columns.parent.length;
  const folds = {
    first: new Int32Array(scopes).fill(-1),
    count: new Uint32Array(scopes),
    worst: new Uint32Array(scopes),
    marked: new Uint32Array(scopes),
    between: new Int32Array(columns.scope.length).fill(-1),
    gap: new Uint32Array(scopes),
  };
  const children = childrenOf(columns);
  for (let parent = 0; parent < scopes; parent++) {
    if (children.start[parent + 1]! - children.start[parent]! >= FOLDED_FROM) foldChildren(columns, parent, folds);
  }
  return folds;
});

/** Alike siblings so far, and the parent's own nodes between each and the next. */
interface Run {
  readonly scopes: number[];
  readonly gaps: (readonly number[])[];
}

function foldChildren(columns: GraphColumns, parent: number, folds: Folds): void {
  const { first } = sumsOf(columns);
  const { start, list } = childrenOf(columns);
  const own = ownOf(columns);
  let run: Run = { scopes: [], gaps: [] };
  let at = own.start[parent]!;
  for (let i = start[parent]!; i < start[parent + 1]!; i++) {
    const child = list[i]!;
    if (first[child] === NONE) continue;
    const last = run.scopes[run.scopes.length - 1];
    if (last !== undefined) {
      while (at < own.start[parent + 1]! && own.list[at]! < first[last]!) at++;
      const gap: number[] = [];
      for (let k = at; k < own.start[parent + 1]! && own.list[k]! < first[child]!; k++) gap.push(own.list[k]!);
      const alike = columns.same[child] === columns.same[last] && first[child]! > first[last]!;
      if (alike && (run.gaps.length === 0 || isAlike(columns, gap, run.gaps[0]!))) run.gaps.push(gap);
      else {
        closeRun(columns, run, folds);
        // Too few for a fold, they may still end where another begins.
        run = alike && folds.first[last]! < 0 ? { scopes: [last], gaps: [gap] } : { scopes: [], gaps: [] };
      }
    }
    if (columns.same[child]! > 0) run.scopes.push(child);
  }
  closeRun(columns, run, folds);
}

function isAlike({ target }: GraphColumns, one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((node, at) => target[node] === target[other[at]!]);
}

function closeRun(columns: GraphColumns, { scopes, gaps }: Run, folds: Folds): void {
  const gap = gaps[0]?.length ?? 0;
  if (scopes.length < (gap > 0 ? FOLDED_WITH_GAPS_FROM : FOLDED_FROM)) return;
  const sums = sumsOf(columns);
  const head = scopes[0]!;
  folds.count[head] = scopes.length;
  folds.gap[head] = gap;
  for (const scope of scopes) {
    folds.first[scope] = head;
    folds.worst[head] = worse(folds.worst[head]!, sums.worst[scope]!);
    folds.marked[head]! += sums.marked[scope]!;
  }
  for (const node of gaps.slice(0, scopes.length - 1).flat()) {
    folds.between[node] = head;
    folds.worst[head] = worse(folds.worst[head]!, columns.mark[node]!);
    if (columns.mark[node]) folds.marked[head]!++;
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

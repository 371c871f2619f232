/** The modules and what they hold as the rows of a tree: what is open in the drawing is open here. */

import type { GraphIndex, Opened } from "../model/types";

export interface Branch {
  readonly kind: "scope" | "fold" | "node";
  /** A scope, a fold's first scope, or a node. */
  readonly ref: number;
  readonly level: number;
  /** How many modules a fold stands for. */
  readonly times: number;
  readonly open: boolean;
  readonly position: number;
  readonly siblings: number;
  /** The row of the branch around it; -1 at the top. */
  readonly parent: number;
}

const GET_ATTR = 1;

/**
 * Where the first node of each scope stands, so that modules and nodes can be listed in the order of recording.
 * Parameters do not count: a graph begins with all of them.
 */
export function firstNodes(graph: GraphIndex): Uint32Array {
  const { op, scope, parent } = graph.columns;
  const first = new Uint32Array(graph.scopes).fill(0xffffffff);
  for (let node = 0; node < graph.nodes; node++) {
    if (op[node] === GET_ATTR) continue;
    for (let at = scope[node]!; first[at] === 0xffffffff; at = parent[at]!) {
      first[at] = node;
      if (at === 0) break;
    }
  }
  return first;
}

export function outline(graph: GraphIndex, opened: Opened, first: Uint32Array): readonly Branch[] {
  const rows: Branch[] = [];
  const inside = (scope: number, level: number, parent: number): void => {
    const held = contents(graph, scope, first);
    held.forEach((one, place) => {
      const open = one.kind === "fold" ? opened.folds.has(one.ref) : one.kind === "scope" && opened.scopes.has(one.ref);
      const { kind, ref, times } = one;
      const at = rows.push({ kind, ref, times, level, open, position: place + 1, siblings: held.length, parent }) - 1;
      if (!open) return;
      if (one.kind === "scope") inside(one.ref, level + 1, at);
      else alike(one.ref, one.times, level + 1, at);
    });
  };
  const alike = (fold: number, times: number, level: number, parent: number): void => {
    const siblings = graph.children(graph.columns.parent[fold]!);
    const from = siblings.indexOf(fold);
    const scopes = siblings.slice(from, from + times).map((scope): Held => ({ kind: "scope", ref: scope, times: 1, at: first[scope]! }));
    const between = graph.own(graph.columns.parent[fold]!).filter((node) => graph.foldOf(node) === fold);
    const held = [...scopes, ...between.map(nodeHeld)].sort((a, b) => a.at - b.at);
    held.forEach(({ kind, ref }, place) => {
      const open = kind === "scope" && opened.scopes.has(ref);
      const at = rows.push({ kind, ref, times: 1, level, open, position: place + 1, siblings: held.length, parent }) - 1;
      if (open) inside(ref, level + 1, at);
    });
  };
  inside(0, 1, -1);
  return rows;
}

interface Held {
  readonly kind: Branch["kind"];
  readonly ref: number;
  readonly times: number;
  /** Where its first node stands. */
  readonly at: number;
}

function nodeHeld(node: number): Held {
  return { kind: "node", ref: node, times: 1, at: node };
}

function contents(graph: GraphIndex, scope: number, first: Uint32Array): readonly Held[] {
  const held = graph
    .own(scope)
    .filter((node) => graph.foldOf(node) < 0)
    .map(nodeHeld);
  for (const child of graph.children(scope)) {
    const fold = graph.fold(child);
    if (fold && fold.first !== child) continue;
    held.push({ kind: fold ? "fold" : "scope", ref: child, times: fold?.count ?? 1, at: first[child]! });
  }
  return held.sort((a, b) => a.at - b.at);
}

/** Where nodes and modules stand in the scene: their own box, or the closed box that holds them. */

import type { GraphIndex, Scene } from "../../model/types";
import type { Selected } from "../types";

const GET_ATTR = 1;

export const NODE = 0;
export const MODULE = 1;
export const OPEN_MODULE = 2;
export const FOLD = 3;
export const OPEN_FOLD = 4;
export const STUB = 5;
export const STRETCH = 6;

export interface Places {
  /** The item of a node, or the closed module or fold that it is in; -1 where the scene does not show it. */
  ofNode(node: number): number;
  ofScope(scope: number): number;
  ofSelected(selected: Selected): number;
  /** The item of a fold, closed or open, by its first scope. */
  ofFold(first: number): number;
  /** Whether a node has a box of its own. */
  shows(node: number): boolean;
}

export function placesOf(scene: Scene, graph: GraphIndex): Places {
  const nodes = new Int32Array(graph.nodes).fill(-1);
  const scopes = new Int32Array(graph.scopes).fill(-1);
  const folds = new Map<number, number>();
  for (let item = 0; item < scene.count; item++) {
    const ref = scene.ref[item]!;
    const kind = scene.kind[item]!;
    if (kind === NODE) nodes[ref] = item;
    else if (kind === STRETCH) for (const node of stretchOf(scene, graph, item)) nodes[node] = item;
    else if (kind === MODULE || kind === OPEN_MODULE) scopes[ref] = item;
    else if (kind === FOLD || kind === OPEN_FOLD) folds.set(ref, item);
  }
  const holder = holders(scene, graph, scopes, folds);
  const ofNode = (node: number) => {
    if ((nodes[node] ?? -1) >= 0) return nodes[node]!;
    const around = holder[graph.columns.scope[node] ?? 0] ?? -1;
    return around >= 0 ? around : (folds.get(graph.foldOf(node)) ?? -1);
  };
  const ofScope = (scope: number) => {
    const own = scopes[scope] ?? -1;
    return own >= 0 ? own : (holder[scope] ?? -1);
  };
  return {
    ofNode,
    ofScope,
    ofSelected: (selected) =>
      selected.kind === "node" ? ofNode(selected.node) : selected.kind === "scope" ? ofScope(selected.scope) : -1,
    ofFold: (first) => folds.get(first) ?? -1,
    shows: (node) => (nodes[node] ?? -1) >= 0,
  };
}

/** The nodes of a stretch: those that are drawn, one after the other. */
export function stretchOf(scene: Scene, { columns, nodes }: GraphIndex, item: number): number[] {
  const out: number[] = [];
  for (let node = scene.ref[item]!; node < nodes && out.length < scene.times[item]!; node++) {
    if (columns.op[node] !== GET_ATTR) out.push(node);
  }
  return out;
}

/** For each scope the closed item that it, or what is around it, is drawn as; -1 where it is open. */
function holders(scene: Scene, graph: GraphIndex, scopes: Int32Array, folds: ReadonlyMap<number, number>): Int32Array {
  const holder = new Int32Array(graph.scopes).fill(-1);
  for (let scope = 1; scope < graph.scopes; scope++) {
    const own = scopes[scope]!;
    if (own >= 0) {
      holder[scope] = scene.kind[own] === MODULE ? own : -1;
      continue;
    }
    const fold = graph.fold(scope);
    const folded = fold ? (folds.get(fold.first) ?? -1) : -1;
    if (folded >= 0 && scene.kind[folded] === FOLD) holder[scope] = folded;
    else holder[scope] = holder[graph.columns.parent[scope] ?? 0] ?? -1;
  }
  return holder;
}

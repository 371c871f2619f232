/** A graph, indexed. What is not asked for is not worked out. */

import type { ShownGraph } from "../schema";
import type { Grouped } from "./once";
import { childrenOf, foldsOf, GET_ATTR, ownOf, sumsOf, usersOf } from "./tables";
import type { GraphColumns, GraphIndex, Opened } from "./types";

export function indexed(about: ShownGraph, columns: GraphColumns, strings: readonly string[]): GraphIndex {
  const inputs = (node: number) => argumentsOf(columns, node);
  const path = (scope: number) => pathOf(columns, scope);
  return {
    columns,
    about,
    strings,
    nodes: columns.op.length,
    scopes: columns.parent.length,
    children: (scope) => part(childrenOf(columns), scope),
    own: (scope) => part(ownOf(columns), scope),
    size: (scope) => sumsOf(columns).size[scope] ?? 0,
    worst: (scope) => sumsOf(columns).worst[scope] ?? 0,
    marked: (scope) => sumsOf(columns).marked[scope] ?? 0,
    inputs,
    users: (node) => part(usersOf(columns), node),
    parameters: (node) => parametersOf(columns, strings, node),
    path,
    revealing: (opened, node) => revealing(columns, opened, node),
    fold: (scope) => foldAt(columns, scope),
    foldOf: (node) => foldsOf(columns).between[node] ?? -1,
    gap: (first) => foldsOf(columns).gap[first] ?? 0,
    text: (node, files) => textOf(columns, strings, node, files),
    everything: () => everything(columns),
    nothing: () => ({ scopes: new Set(), folds: new Set() }),
  };
}

function part({ start, list }: Grouped, key: number): readonly number[] {
  return Array.from(list.subarray(start[key] ?? 0, start[key + 1] ?? 0));
}

function argumentsOf({ start, back }: GraphColumns, node: number): readonly number[] {
  return Array.from(back.subarray(start[node] ?? 0, start[node + 1] ?? 0), (distance) => node - distance);
}

function parametersOf(columns: GraphColumns, strings: readonly string[], node: number): readonly string[] {
  const taken = new Set(argumentsOf(columns, node).filter((maker) => columns.op[maker] === GET_ATTR));
  return Array.from(taken, (maker) => strings[columns.target[maker]!] ?? "");
}

function pathOf(columns: GraphColumns, scope: number): readonly number[] {
  const path: number[] = [];
  for (let at = scope; at > 0; at = columns.parent[at] ?? 0) path.push(at);
  return path.reverse();
}

function foldAt(columns: GraphColumns, scope: number): { first: number; count: number } | null {
  const folds = foldsOf(columns);
  const first = folds.first[scope] ?? -1;
  return first < 0 ? null : { first, count: folds.count[first]! };
}

function revealing(columns: GraphColumns, opened: Opened, node: number): Opened {
  const [scopes, folds] = [new Set(opened.scopes), new Set(opened.folds)];
  for (const scope of pathOf(columns, columns.scope[node] ?? 0)) {
    scopes.add(scope);
    const first = foldsOf(columns).first[scope]!;
    if (first >= 0) folds.add(first);
  }
  const between = foldsOf(columns).between[node] ?? -1;
  if (between >= 0) folds.add(between);
  return { scopes, folds, alone: opened.alone && singled(opened.alone, [node]) };
}

/** The same with more nodes by themselves. */
export function singled(alone: Uint8Array, nodes: Iterable<number>): Uint8Array {
  const out = alone.slice();
  for (const node of nodes) out[node] = 1;
  return out;
}

function everything(columns: GraphColumns): Opened {
  const [scopes, folds] = [new Set<number>(), new Set<number>()];
  const { count } = foldsOf(columns);
  for (let scope = 1; scope < columns.parent.length; scope++) {
    scopes.add(scope);
    if (count[scope]! > 0) folds.add(scope);
  }
  return { scopes, folds };
}

/** `%12 : f32[2, 10] = aten::add(%3, %5, 1)  # model.py:12`. */
function textOf(columns: GraphColumns, strings: readonly string[], node: number, files: readonly string[]): string {
  if (!(node >= 0 && node < columns.op.length)) return "";
  const { form, spec } = columns;
  const name = (one: number) => `%${strings[columns.name[one]!] || columns.id[one]}`;
  const makers = argumentsOf(columns, node);
  const written = (strings[form[node]!] ?? "").replace(/\$(\d+)/g, (whole, k: string) => {
    const maker = makers[Number(k)];
    return maker === undefined ? whole : name(maker);
  });
  const type = strings[spec[node]!] ? ` : ${strings[spec[node]!]}` : "";
  const made = columns.name[node] ? `${name(node)}${type} = ` : "";
  return made + written + placeOf(columns, node, files);
}

function placeOf(columns: GraphColumns, node: number, files: readonly string[]): string {
  const range = columns.range[node]!;
  const file = range > 0 ? files[columns.file[range] ?? -1] : undefined;
  return file === undefined ? "" : `  # ${file}:${columns.first[range]}`;
}

/** Columns are checked once, when they arrive, so that nothing that reads them later can loop, lose itself or fail. */

import type { Shown, ShownGraph } from "../schema";
import type { GraphColumns } from "./types";

const OF_NODES = ["op", "target", "label", "form", "name", "spec", "scope", "range", "id", "ghost", "mark"] as const;
const OF_SCOPES = ["parent", "title", "fqn", "type", "call", "scope_range", "same"] as const;
const OF_RANGES = ["file", "first", "last"] as const;
const TEXTS = ["target", "label", "form", "name", "spec", "title", "fqn", "type"] as const;

export const columnNames: readonly (keyof GraphColumns)[] = [...OF_NODES, "start", "back", ...OF_SCOPES, ...OF_RANGES];

export function checkColumns(about: ShownGraph, columns: GraphColumns, shown: Shown): void {
  if (!(about.scopes >= 1)) damaged("a graph has no scope");
  sized(columns, OF_NODES, about.nodes);
  sized(columns, OF_SCOPES, about.scopes);
  sized(columns, OF_RANGES, columns.file.length);
  for (const name of TEXTS) below(columns, name, shown.strings.length);
  below(columns, "op", 4);
  below(columns, "scope", about.scopes);
  below(columns, "mark", shown.findings.length + 1);
  below(columns, "range", Math.max(1, columns.file.length));
  below(columns, "scope_range", Math.max(1, columns.file.length));
  const { parent } = columns;
  for (let scope = 1; scope < parent.length; scope++) {
    if (parent[scope]! >= scope) damaged(`scope ${scope} stands before its parent ${parent[scope]}`);
  }
  checkEdges(columns, about.nodes);
}

function checkEdges({ start, back }: GraphColumns, nodes: number): void {
  if (start.length !== nodes + 1) damaged(`its edges are for ${start.length - 1} nodes, not for ${nodes}`);
  if (start[0] !== 0 || start[nodes] !== back.length) damaged("its edges do not begin or end where they should");
  for (let node = 0; node < nodes; node++) {
    if (start[node + 1]! < start[node]!) damaged(`the edges of node ${node} are in disorder`);
    for (let k = start[node]!; k < start[node + 1]!; k++) {
      if (back[k]! < 1 || back[k]! > node) damaged(`node ${node} takes what does not stand before it`);
    }
  }
}

function sized(columns: GraphColumns, names: readonly (keyof GraphColumns)[], length: number): void {
  for (const name of names) {
    if (columns[name].length !== length) damaged(`column "${name}" has ${columns[name].length} entries, not ${length}`);
  }
}

function below(columns: GraphColumns, name: keyof GraphColumns, limit: number): void {
  const column = columns[name];
  for (let at = 0; at < column.length; at++) {
    if (column[at]! >= limit) damaged(`column "${name}" holds ${column[at]}, and only ${limit} are there`);
  }
}

function damaged(what: string): never {
  throw new Error(`The data is damaged: ${what}.`);
}

/** Small documents for the tests of the screen: fields that a test does not name have their defaults. */

import type { GraphColumns, Unpacked } from "../../src/model/types";
import { FORMAT, type Shown, type ShownAlong, type ShownFinding, type ShownGraph, type ShownRun } from "../../src/schema";

export function finding(parts: Partial<ShownFinding> = {}): ShownFinding {
  return {
    id: "D1", rule: "data-dependent-branch", verdict: "diverges", level: "error", look: "error", word: "diverges", message: "m", reason: "",
    frozen: "", module: "", place: "m.py:1", graph: 0, range: 0, nodes: [], chain: [], chain_text: [], witness: null, tried: [], tried_text: "",
    count: 1, facts: [], help: "", repairs: [], mendable: false, left: "", ...parts,
  };
}

export function run(parts: Partial<ShownRun> = {}): ShownRun {
  return {
    id: 0, title: "example", outcome: "agrees", look: "holds", word: "agrees", axis: "", graph: 0, error: "", inputs: [], outputs: [],
    first_divergence: null, compared: null, heat: null, along: [],
    only_eager: [], blame: [], snippet: "", ...parts,
  };
}

export function differs(node: number): ShownAlong {
  return { node, eager: null, captured: null, max_abs: 1, max_rel: 1 };
}

/** Of each scope its parent, and of each node its scope, its line, and what it takes. */
export interface Drawn {
  readonly parents?: readonly number[];
  readonly nodes?: readonly { readonly scope?: number; readonly line?: number; readonly takes?: readonly number[]; readonly ghost?: boolean }[];
}

export function unpackedOf(graphs: readonly Drawn[], parts: Partial<Shown> = {}): Unpacked {
  const made = graphs.map(columnsOf);
  const shown: Shown = {
    title: "t", verdict: "v", look: "holds", format: FORMAT, tallies: [], facts: [], stop: "", strings: ["", "op", "module"],
    graphs: made.map(({ about }) => about), files: [{ title: "m.py", filename: "/m.py", text: "a\nb\nc", tokens: [], marks: [] }],
    findings: [], silence: "", runs: [], constraints: [], repairs: [], ...parts,
  };
  return { shown, graphs: made, numbers: () => new Uint8Array() };
}

function columnsOf({ parents = [0], nodes = [] }: Drawn): { about: ShownGraph; columns: GraphColumns } {
  const about: ShownGraph = {
    method: "forward", complete: true, nodes: nodes.length, scopes: parents.length, columns: {}, regions: [], inputs: [], outputs: 1,
  };
  const ofNodes = (value: (place: number) => number) => Uint32Array.from(nodes, (_, place) => value(place));
  const lines = [...new Set(nodes.flatMap(({ line }) => (line === undefined ? [] : [line])))];
  const start = [0];
  for (const { takes = [] } of nodes) start.push(start.at(-1)! + takes.length);
  const nothing = new Uint32Array(nodes.length);
  const ofScopes = new Uint32Array(parents.length);
  const columns: GraphColumns = {
    op: new Uint8Array(nodes.length).fill(2),
    target: nothing.map(() => 1), label: nothing.map(() => 1), form: nothing, name: nothing, spec: nothing,
    scope: ofNodes((place) => nodes[place]!.scope ?? 0),
    range: ofNodes((place) => (nodes[place]!.line === undefined ? 0 : lines.indexOf(nodes[place]!.line!) + 1)),
    id: ofNodes((place) => place),
    ghost: Uint8Array.from(nodes, ({ ghost }) => (ghost ? 1 : 0)),
    mark: nothing,
    start: Uint32Array.from(start),
    back: Uint32Array.from(nodes.flatMap(({ takes = [] }, place) => takes.map((taken) => place - taken))),
    parent: Uint32Array.from(parents), title: ofScopes.map(() => 2), fqn: ofScopes, type: ofScopes, call: ofScopes, scope_range: ofScopes, same: ofScopes,
    file: new Uint32Array(lines.length + 1),
    first: Uint32Array.from([0, ...lines]),
    last: Uint32Array.from([0, ...lines]),
  };
  return { about, columns };
}

/** What the rooms of the viewer say to each other. `model/` makes these, `view/` draws them. */

import type { Shown, ShownGraph } from "../schema";

/** A graph with its columns unpacked; the fields are described at `ShownGraph` in tracelab/shown.py. */
export interface GraphColumns {
  readonly op: Uint8Array;
  readonly target: Uint32Array;
  readonly label: Uint32Array;
  readonly form: Uint32Array;
  readonly name: Uint32Array;
  readonly spec: Uint32Array;
  readonly scope: Uint32Array;
  readonly range: Uint32Array;
  readonly id: Uint32Array;
  readonly ghost: Uint8Array;
  readonly mark: Uint32Array;
  readonly start: Uint32Array;
  readonly back: Uint32Array;
  readonly parent: Uint32Array;
  readonly title: Uint32Array;
  readonly fqn: Uint32Array;
  readonly type: Uint32Array;
  readonly call: Uint32Array;
  readonly scope_range: Uint32Array;
  readonly same: Uint32Array;
  readonly file: Uint32Array;
  readonly first: Uint32Array;
  readonly last: Uint32Array;
}

/** The document as it arrived, unpacked. */
export interface Unpacked {
  readonly shown: Shown;
  readonly graphs: readonly { readonly about: ShownGraph; readonly columns: GraphColumns }[];
  /** The numbers behind a Column of a Run. */
  readonly numbers: (column: import("../schema").Column) => Uint8Array | Uint32Array | Int32Array | Float32Array;
}

/**
 * Everything that is drawn, laid out: one entry per item in each array, parents before what they hold.
 * Units are CSS pixels at zoom 1; y runs down. An open module is an item like any other, with the items it holds inside.
 */
export interface Scene {
  readonly count: number;
  /** 0 node, 1 closed module, 2 open module, 3 closed fold of alike modules, 4 open fold, 5 stub of a portal, 6 stretch of nodes. */
  readonly kind: Uint8Array;
  /** A node's number; a module's scope; a fold's first scope; a stub's node (the one whose value it names); a stretch's first. */
  readonly ref: Uint32Array;
  /** How many alike modules a fold stands for, or nodes a stretch; how many uses a portal's value has; else 1. */
  readonly times: Uint32Array;
  /** The item of the open module or fold around it; -1 at the top. */
  readonly parent: Int32Array;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly w: Float32Array;
  readonly h: Float32Array;
  /** 1 + the worst finding inside (of a node: its own), 0 for none; as `mark` in the columns. */
  readonly mark: Uint32Array;
  /** How many marked nodes are inside. */
  readonly marks: Uint32Array;
  /** Edges between items: `from` stands above `to`. Edge e runs through points[2 * bends[e] ...  2 * bends[e + 1] - 1]. */
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly bends: Uint32Array;
  readonly points: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** What is open in a graph. Scope 0, the whole, is always open. A fold is named by its first scope. */
export interface Opened {
  readonly scopes: ReadonlySet<number>;
  readonly folds: ReadonlySet<number>;
  /** A flag for each node. Those without are drawn together with their neighbours without; absent, all are by themselves. */
  readonly alone?: Uint8Array | undefined;
}

/** A graph, indexed once. */
export interface GraphIndex {
  readonly columns: GraphColumns;
  readonly about: ShownGraph;
  readonly strings: readonly string[];
  readonly nodes: number;
  readonly scopes: number;
  /** Scopes held directly by a scope, in order. */
  children(scope: number): readonly number[];
  /** Nodes recorded directly in a scope, in order; parameters (get_attr) are not among them. */
  own(scope: number): readonly number[];
  /** Nodes in a scope and all below it, without parameters. */
  size(scope: number): number;
  /** The worst mark inside, and how many nodes are marked. */
  worst(scope: number): number;
  marked(scope: number): number;
  /** The nodes that a node takes its arguments from (with repeats), and those that use it. */
  inputs(node: number): readonly number[];
  users(node: number): readonly number[];
  /** The fqns of the parameters and buffers that a node takes. */
  parameters(node: number): readonly string[];
  /** From the outermost scope (not 0) to the scope itself. */
  path(scope: number): readonly number[];
  /** The scopes and folds that must be open for a node to be seen, added to what is open. */
  revealing(opened: Opened, node: number): Opened;
  /** Runs of alike siblings: for a scope inside one its first scope and how many; null elsewhere. */
  fold(scope: number): { readonly first: number; readonly count: number } | null;
  /** The first scope of the fold that one of its parent's own nodes is in; -1 where it is in none. */
  foldOf(node: number): number;
  /** How many such nodes stand between two scopes of a fold. */
  gap(first: number): number;
  /** The node as one line of text, as `copy` gives it: `%12 : f32[2, 10] = aten::add(%3, %5, 1)  # model.py:12`. */
  text(node: number, files: readonly string[]): string;
  everything(): Opened;
  nothing(): Opened;
}

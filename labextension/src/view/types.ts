/** What the panes of the viewer share. */

import type { Signal } from "@preact/signals-core";
import type { GraphIndex, Opened, Unpacked } from "../model/types";
import type { ShownRun } from "../schema";

/** What is selected in the graph that is shown. */
export type Selected =
  | { readonly kind: "nothing" }
  | { readonly kind: "node"; readonly node: number }
  | { readonly kind: "scope"; readonly scope: number };

export interface Filter {
  readonly text: string;
  readonly looks: ReadonlySet<string>;
  readonly rule: string;
  readonly module: string;
}

/** Lines of the user's code, for a page that has the code itself. */
export interface UserLines {
  readonly filename: string;
  /** 1-based. */
  readonly lineno: number;
  readonly end_lineno: number;
  /** Short: `model.py`, `In [3]`. */
  readonly title: string;
  /** The whole file, or cell, as it was traced; null where that is not known. */
  readonly text: string | null;
}

/** A line above the panes, with one thing that can be done. */
export interface Note {
  readonly text: string;
  readonly act?: { readonly label: string; run(): void };
}

export type GoTo = (lines: UserLines) => void;

/** The one state of a mounted viewer. Panes read the signals and call the actions; nothing else is shared. */
export interface Store {
  readonly unpacked: Unpacked;
  readonly graphs: readonly GraphIndex[];
  /** The place of the graph that is shown. */
  readonly graph: Signal<number>;
  readonly opened: Signal<Opened>;
  readonly selected: Signal<Selected>;
  /** The finding in view, a place in `Shown.findings`. */
  readonly finding: Signal<number | null>;
  /** The Run in view, a place in `Shown.runs`; its heat is painted along the graph. */
  readonly run: Signal<number | null>;
  /** How many Runs there are: those that are made while one looks come after the others. */
  readonly history: Signal<number>;
  readonly filter: Signal<Filter>;
  readonly dark: Signal<boolean>;
  /** Select, open what hides it, and bring it into view. */
  goToNode(node: number, graph?: number): void;
  goToScope(scope: number, graph?: number): void;
  goToFinding(finding: number): void;
  goToRun(run: number): void;
  /** A Run that was just made joins the others; one that is there already does not. */
  addRun(run: ShownRun): void;
  /** Open or close a module or a fold. */
  toggleScope(scope: number): void;
  toggleFold(first: number): void;
  /** Show nodes by themselves that were drawn together. */
  spread(nodes: Iterable<number>): void;
  openAll(): void;
  closeAll(): void;
  clear(): void;
  /** Grows each time something must be brought into view: the graph pane then centres the selection. */
  readonly reveal: Signal<number>;
}

/** The drawing, as the other panes see it. */
export interface GraphPane {
  /** Show the whole drawing. */
  fit(): void;
  zoomBy(factor: number): void;
  /** Walk from the selection along the edges; returns whether there was somewhere to go. */
  walk(direction: "up" | "down" | "left" | "right"): boolean;
  /** The whole scene as an SVG file, in the colours that are shown. */
  svg(): string;
  png(): Promise<Blob>;
  dispose(): void;
}

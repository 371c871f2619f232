/** What the screen knows beside the store: which pane, overlay and file are in view. Nothing of it stands in a link. */

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals-core";
import type { GraphIndex } from "../model/types";
import type { Asking } from "./asking";
import { type Lines, linesOf } from "./lines";
import { spelled } from "./numbers";
import type { GoTo, GraphPane, Note, Store } from "./types";

export type Tab = "findings" | "graph" | "source" | "runs";
export type Overlay = "none" | "search" | "help" | "about" | "repair";

/** What the host can do beside showing; null where it cannot. */
interface Offered {
  /** The address of what is seen. */
  readonly address: (() => string) | null;
  /** The form, where a kernel is behind the page. */
  readonly asking: Asking | null;
  readonly goTo: GoTo | null;
  /** What the host has to say of the document. */
  readonly note: ReadonlySignal<Note | null> | null;
  /** Which of a page's viewers it is. */
  readonly name: string;
}

const NOTHING: Offered = { address: null, asking: null, goTo: null, note: null, name: "TraceLab" };

export interface Screen extends Offered {
  readonly store: Store;
  readonly drawing: Signal<GraphPane | null>;
  /** The one pane that is seen where there is no room for all. */
  readonly tab: Signal<Tab>;
  readonly side: Signal<"findings" | "modules">;
  /** What is told of the finding in view. */
  readonly told: Signal<"finding" | "repair">;
  readonly overlay: Signal<Overlay>;
  /** The repair that is shown large, a place in `Shown.repairs`. */
  readonly large: Signal<number>;
  readonly file: Signal<number>;
  /** Said once by a screen reader, and shown for a moment: `Copied`. */
  readonly notice: Signal<string>;
  readonly index: ReadonlySignal<GraphIndex | undefined>;
  readonly lines: ReadonlySignal<Lines | undefined>;
}

/** A screen of another document looks as the one before it did. */
export function screenOf(store: Store, offered: Offered = NOTHING, before?: Screen): Screen {
  const index = computed(() => store.graphs[store.graph.value]);
  return {
    ...offered,
    store,
    drawing: signal(null),
    tab: before?.tab ?? signal<Tab>("findings"),
    side: before?.side ?? signal<"findings" | "modules">("findings"),
    told: before?.told ?? signal<"finding" | "repair">("finding"),
    large: signal(0),
    overlay: before?.overlay ?? signal<Overlay>("none"),
    file: signal(before && store.unpacked.shown.files[before.file.value] ? before.file.value : fileOf(store)),
    notice: signal(""),
    index,
    lines: computed(() => index.value && linesOf(index.value)),
  };
}

/** Until something leads elsewhere: the file of the first operation that has one. Others may come before it, as callers. */
function fileOf({ graphs: [graph] }: Store): number {
  const range = graph?.columns.range.find((place) => place !== 0);
  return graph && range ? graph.columns.file[range] ?? 0 : 0;
}

/** The text at a place of the document's table of strings. */
export function textAt(screen: Screen, place: number | undefined): string {
  return screen.store.unpacked.shown.strings[place ?? 0] ?? "";
}

/** What a node is called where there is room for one word. */
export function nodeName(screen: Screen, graph: GraphIndex, node: number): string {
  const { label, target, name } = graph.columns;
  return textAt(screen, label[node]) || textAt(screen, target[node]) || textAt(screen, name[node]) || `node ${node}`;
}

export function scopeName(screen: Screen, graph: GraphIndex, scope: number): string {
  const { title, fqn, type } = graph.columns;
  if (scope === 0) return textAt(screen, title[0]) || textAt(screen, type[0]) || graph.about.method;
  return textAt(screen, title[scope]) || textAt(screen, fqn[scope]) || textAt(screen, type[scope]) || `module ${scope}`;
}

/** `model.py:12`, or nothing where the range is not known. */
export function placeName(screen: Screen, graph: GraphIndex, range: number | undefined): string {
  if (!range) return "";
  const file = screen.store.unpacked.shown.files[graph.columns.file[range] ?? -1];
  return file ? `${file.title}:${graph.columns.first[range]}` : "";
}

/** The selection in words, for who cannot see the drawing. */
export function selectionSaid(screen: Screen): string {
  const { store } = screen;
  const graph = screen.index.value;
  const selected = store.selected.value;
  if (!graph || selected.kind === "nothing") return "";
  if (selected.kind === "scope") {
    const open = store.opened.value.scopes.has(selected.scope) ? "open" : "closed";
    return `Module ${scopeName(screen, graph, selected.scope)}, ${open}, ${count(graph.size(selected.scope), "node")}`;
  }
  const { columns } = graph;
  const { node } = selected;
  const finding = store.unpacked.shown.findings[columns.mark[node]! - 1];
  const [name, spec] = [nodeName(screen, graph, node), textAt(screen, columns.spec[node])];
  const parts = [
    name,
    name.endsWith(spec) ? "" : spec,
    columns.scope[node] ? `in ${scopeName(screen, graph, columns.scope[node]!)}` : "",
    columns.ghost[node] ? "not in the program" : "",
    finding ? `finding: ${finding.word}, ${finding.rule}` : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}

export function count(number: number, word: string): string {
  return `${spelled(number)} ${word}${number === 1 ? "" : "s"}`;
}

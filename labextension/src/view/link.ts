/** The state of the screen as a link, and back. */

import { batch } from "@preact/signals-core";
import type { Opened } from "../model/types";
import type { ShownFinding } from "../schema";
import type { Link } from "./fragment";
import type { Store } from "./types";

export function linkOf(store: Store): Link {
  const { shown } = store.unpacked;
  const [selected, filter, graph] = [store.selected.value, store.filter.value, store.graph.value];
  const [finding, run] = [store.finding.value, store.run.value];
  return {
    graph: store.graphs.length > 1 ? graph : undefined,
    node: selected.kind === "node" ? selected.node : undefined,
    scope: selected.kind === "scope" ? selected.scope : undefined,
    finding: finding === null ? null : shown.findings[finding]?.id,
    run: run === null ? null : shown.runs[run]?.id,
    opened: openedOf(store, store.opened.value),
    text: filter.text || undefined,
    looks: filter.looks.size > 0 ? [...filter.looks] : undefined,
    rule: filter.rule || undefined,
    module: filter.module || undefined,
  };
}

/** Another document of the same trace is shown as the one before it was; a finding that has a new proof, with that. */
export function carry(before: Store, store: Store): void {
  const place = placeOf(before, store);
  const link = linkOf(before);
  follow(store, { ...link, finding: store.unpacked.shown.findings[place]?.id ?? link.finding });
  store.dark.value = before.dark.value;
  if (place < 0) return;
  const { witness } = store.unpacked.shown.findings[place]!;
  const proof = (from: Store, at: number) => from.unpacked.shown.runs[from.unpacked.shown.findings[at]?.witness ?? -1]?.id;
  if (witness !== null && proof(before, before.finding.value!) !== proof(store, place)) store.goToRun(witness);
}

/**
 * A document of another trace: the finding and the module in view are those of the one before, where there are such.
 *
 * @returns Whether there was one of the two.
 */
export function carryOver(before: Store, store: Store): boolean {
  const [finding, module] = [placeOf(before, store), scopeOf(before, store)];
  batch(() => {
    store.dark.value = before.dark.value;
    if (finding >= 0) store.goToFinding(finding);
    if (module) store.goToScope(module.scope, module.graph);
    const { text, looks } = before.filter.value;
    store.filter.value = { text, looks, rule: "", module: "" };
  });
  return finding >= 0 || module !== undefined;
}

/**
 * Of the finding that is in view in the one, in the other; -1 where there is none. Where the code was edited meanwhile it
 * is known by its rule and the text of its line, or as the only one of its rule.
 */
function placeOf(before: Store, after: Store): number {
  const finding = before.finding.value === null ? undefined : before.unpacked.shown.findings[before.finding.value];
  if (!finding) return -1;
  const { findings } = after.unpacked.shown;
  const same = findings.find(({ id }) => id === finding.id);
  const alike = findings.filter(({ rule }) => rule === finding.rule);
  const line = lineOf(before, finding);
  const moved = alike.find((one) => line !== "" && lineOf(after, one) === line);
  return findings.indexOf((same ?? moved ?? (alike.length === 1 ? alike[0] : undefined))!);
}

/** The text of its line, without what is around it. */
function lineOf({ graphs, unpacked: { shown } }: Store, { graph, range }: ShownFinding): string {
  const columns = graphs[graph]?.columns;
  const file = columns && range > 0 ? shown.files[columns.file[range]!] : undefined;
  return file?.text?.split("\n")[columns!.first[range]! - 1]?.trim() ?? "";
}

/** The module that is selected in the one, by its name, in the other. */
function scopeOf(before: Store, store: Store): { readonly graph: number; readonly scope: number } | undefined {
  const [selected, from] = [before.selected.value, before.graphs[before.graph.value]];
  if (selected.kind !== "scope" || !from) return undefined;
  const name = before.unpacked.shown.strings[from.columns.fqn[selected.scope] ?? 0];
  const text = name ? store.unpacked.shown.strings.indexOf(name) : -1;
  const graph = store.graphs.findIndex(({ about }) => about.method === from.about.method);
  const fqn = store.graphs[graph]?.columns.fqn;
  const scope = fqn && text >= 0 ? [...fqn].indexOf(text) : -1;
  return scope < 0 ? undefined : { graph, scope };
}

/** Whether two documents have the same graphs, so that what is open in one can be open in the other. */
export function isAlike(one: Store, other: Store): boolean {
  const shape = ({ graphs }: Store) => graphs.map(({ about }) => [about.method, about.nodes, about.scopes].join(" ")).join("\n");
  return shape(one) === shape(other);
}

/** Takes from a link what this document has; the rest is passed over. */
export function follow(store: Store, link: Link): void {
  const { shown } = store.unpacked;
  batch(() => {
    const finding = shown.findings.findIndex(({ id }) => id === link.finding);
    const run = shown.runs.findIndex(({ id }) => id === link.run);
    if (finding >= 0) store.goToFinding(finding);
    if (run >= 0) store.goToRun(run);
    if (link.finding === null) store.finding.value = null;
    if (link.run === null) store.run.value = null;
    const graph = link.graph !== undefined && store.graphs[link.graph] ? link.graph : store.graph.value;
    if (link.graph !== undefined) store.goToScope(0, graph);
    if (link.graph !== undefined || finding >= 0) store.clear();
    unfold(store, link);
    if (link.node !== undefined) store.goToNode(link.node, graph);
    else if (link.scope !== undefined) store.goToScope(link.scope, graph);
    const looks = new Set(link.looks ?? []);
    store.filter.value = { text: link.text ?? "", looks, rule: link.rule ?? "", module: link.module ?? "" };
  });
}

function unfold(store: Store, { opened }: Link): void {
  const index = store.graphs[store.graph.value];
  if (!index) return;
  if (opened === "everything") store.openAll();
  else if (opened === "nothing") store.closeAll();
  else if (opened) {
    const known = (scope: number) => scope > 0 && scope < index.scopes;
    store.opened.value = { scopes: new Set(opened.scopes.filter(known)), folds: new Set(opened.folds.filter(known)) };
  }
}

function openedOf(store: Store, opened: Opened): Link["opened"] {
  const index = store.graphs[store.graph.value];
  if (!index) return undefined;
  const scopes = [...opened.scopes].filter((scope) => scope !== 0);
  if (scopes.length + opened.folds.size === 0) return "nothing";
  const all = index.everything();
  const full = [...all.scopes].every((scope) => scope === 0 || opened.scopes.has(scope));
  if (full && [...all.folds].every((fold) => opened.folds.has(fold))) return "everything";
  return { scopes, folds: [...opened.folds] };
}

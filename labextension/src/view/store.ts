/** The one state of a mounted viewer, and what can be done to it. */

import { batch, signal } from "@preact/signals-core";
import { indexed, singled } from "../model/graph";
import { opening } from "../model/opening";
import type { GraphIndex, Opened, Unpacked } from "../model/types";
import type { ShownFinding, ShownRun } from "../schema";
import { EVERYTHING } from "./sifting";
import type { Filter, Selected, Store } from "./types";

const NOTHING: Selected = { kind: "nothing" };
const CLOSED: Opened = { scopes: new Set(), folds: new Set() };

export function storeOf(unpacked: Unpacked): Store {
  const { shown } = unpacked;
  const graphs = unpacked.graphs.map(({ about, columns }) => indexed(about, columns, shown.strings));
  const remembered = graphs.map((graph, at) => opening(graph, nodeOf(shown.findings.find((one) => one.graph === at))));
  const graph = signal(0);
  const opened = signal<Opened>(remembered[0] ?? CLOSED);
  const selected = signal<Selected>(NOTHING);
  const finding = signal<number | null>(shown.findings.length > 0 ? 0 : null);
  const run = signal<number | null>(firstRun(unpacked));
  const history = signal(shown.runs.length);
  const filter = signal<Filter>(EVERYTHING);
  const dark = signal(false);
  const reveal = signal(0);

  const here = (): GraphIndex | undefined => graphs[graph.value];

  function show(wanted: number): void {
    if (wanted === graph.value || !graphs[wanted]) return;
    remembered[graph.value] = opened.value;
    graph.value = wanted;
    opened.value = remembered[wanted]!;
    selected.value = NOTHING;
  }

  /** A scope is seen when all that are around it are open. */
  function revealed(index: GraphIndex, scope: number): Opened {
    const scopes = new Set(opened.value.scopes);
    const folds = new Set(opened.value.folds);
    for (const around of index.path(scope)) {
      const fold = index.fold(around);
      if (fold) folds.add(fold.first);
      if (around !== scope) scopes.add(around);
    }
    return { ...opened.value, scopes, folds };
  }

  const store: Store = {
    unpacked,
    graphs,
    graph,
    opened,
    selected,
    finding,
    run,
    history,
    filter,
    dark,
    reveal,
    goToNode: (node, wanted = graph.value) =>
      batch(() => {
        show(wanted);
        const index = here();
        if (!index || node < 0 || node >= index.nodes) return;
        opened.value = index.revealing(opened.value, node);
        selected.value = { kind: "node", node };
        reveal.value++;
      }),
    goToScope: (scope, wanted = graph.value) =>
      batch(() => {
        show(wanted);
        const index = here();
        if (!index || scope < 0 || scope >= index.scopes) return;
        opened.value = revealed(index, scope);
        selected.value = { kind: "scope", scope };
        reveal.value++;
      }),
    goToFinding: (place) =>
      batch(() => {
        const found = shown.findings[place];
        if (!found) return;
        finding.value = place;
        if (found.witness !== null && !concerns(unpacked, found, place, run.value)) run.value = found.witness;
        const node = nodeOf(found);
        if (node !== undefined) store.goToNode(node, found.graph);
        else {
          show(found.graph);
          selected.value = NOTHING;
        }
      }),
    goToRun: (place) =>
      batch(() => {
        const wanted = shown.runs[place];
        if (!wanted) return;
        run.value = place;
        show(wanted.graph);
      }),
    addRun: (made) => {
      const runs = shown.runs as ShownRun[];
      if (runs.some(({ id }) => id === made.id)) return;
      runs.push(made);
      history.value = runs.length;
    },
    toggleScope: (scope) =>
      batch(() => {
        const scopes = toggled(opened.value.scopes, scope);
        opened.value = { ...opened.value, scopes };
        const index = here();
        if (index && !scopes.has(scope) && isInside(index, selected.value, scope)) selected.value = { kind: "scope", scope };
      }),
    toggleFold: (first) =>
      batch(() => {
        const folds = toggled(opened.value.folds, first);
        opened.value = { ...opened.value, folds };
        const index = here();
        const { count = 0 } = index?.fold(first) ?? {};
        const siblings = index?.children(index.columns.parent[first]!) ?? [];
        const held = siblings.slice(siblings.indexOf(first), siblings.indexOf(first) + count);
        const { value } = selected;
        const between = value.kind === "node" && index?.foldOf(value.node) === first;
        if (index && !folds.has(first) && (between || held.some((scope) => isInside(index, value, scope)))) {
          selected.value = { kind: "scope", scope: first };
        }
      }),
    spread: (nodes) => {
      const { alone } = opened.value;
      if (alone) opened.value = { ...opened.value, alone: singled(alone, nodes) };
    },
    openAll: () => {
      opened.value = here()?.everything() ?? CLOSED;
    },
    closeAll: () =>
      batch(() => {
        opened.value = here()?.nothing() ?? CLOSED;
        selected.value = NOTHING;
      }),
    clear: () => {
      selected.value = NOTHING;
    },
  };
  return store;
}

/** Where a finding is gone to: what Python asked, else the first of its nodes. */
export function nodeOf(finding: ShownFinding | undefined): number | undefined {
  return finding?.chain.at(-1) ?? finding?.nodes[0];
}

/** At first the worst finding is in view, with the Run that proves it; else the first Run that says anything. */
function firstRun({ shown: { findings, runs } }: Unpacked): number | null {
  const witness = findings[0]?.witness;
  if (witness !== null && witness !== undefined) return witness;
  const telling = runs.findIndex((run) => run.outcome !== "agrees");
  return telling >= 0 ? telling : runs.length > 0 ? 0 : null;
}

/** Whether a Run says something of a finding, so that it may stay in view beside it. */
function concerns({ shown }: Unpacked, finding: ShownFinding, place: number, run: number | null): boolean {
  if (run === null) return false;
  return finding.witness === run || finding.tried.includes(run) || (shown.runs[run]?.blame.includes(place) ?? false);
}

function toggled(set: ReadonlySet<number>, member: number): Set<number> {
  const out = new Set(set);
  if (!out.delete(member)) out.add(member);
  return out;
}

function isInside(index: GraphIndex, selected: Selected, scope: number): boolean {
  if (selected.kind === "nothing") return false;
  const at = selected.kind === "node" ? index.columns.scope[selected.node]! : selected.scope;
  return at === scope || index.path(at).includes(scope);
}

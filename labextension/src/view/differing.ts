/** Only what differs: the nodes of a Run whose values are not eager's, and as little as can be around them. */

import type { GraphIndex, Opened } from "../model/types";
import type { ShownRun } from "../schema";
import type { Store } from "./types";

const [PLACEHOLDER, OUTPUT] = [0, 3];
/** How far back from the first node that differs its arguments stay by themselves. */
const BACK = 2;

/** The nodes whose values differ in a Run, in order. */
export function differing({ unpacked }: Store, run: ShownRun): number[] {
  const nodes = new Set(run.along.map(({ node }) => node));
  if (run.compared && run.heat) {
    const [compared, heat] = [unpacked.numbers(run.compared), unpacked.numbers(run.heat)];
    for (let at = 0; at < compared.length; at++) if (heat[at]! > 0) nodes.add(compared[at]!);
  }
  // That which eager has not is not among those that were compared.
  if (run.first_divergence !== null) nodes.add(run.first_divergence);
  return [...nodes].sort((one, other) => one - other);
}

/** What is open when only these are shown: the way to each of them, and nothing beside it. */
export function onlyThese(graph: GraphIndex, nodes: readonly number[]): Opened {
  const alone = new Uint8Array(graph.nodes);
  const { op, mark } = graph.columns;
  for (let node = 0; node < graph.nodes; node++) if (op[node] === PLACEHOLDER || op[node] === OUTPUT || mark[node]) alone[node] = 1;
  for (const node of [...nodes, ...upstream(graph, nodes[0], BACK)]) alone[node] = 1;
  const scopes = new Set<number>();
  const folds = new Set<number>();
  for (const scope of new Set(nodes.map((node) => graph.columns.scope[node]!))) {
    for (const around of graph.path(scope)) {
      scopes.add(around);
      const fold = graph.fold(around);
      if (fold) folds.add(fold.first);
    }
  }
  for (const node of nodes) if (graph.foldOf(node) >= 0) folds.add(graph.foldOf(node));
  return { scopes, folds, alone };
}

/** What a node is computed from, so many steps back. */
function upstream(graph: GraphIndex, node: number | undefined, steps: number): number[] {
  if (node === undefined || steps === 0) return [];
  return graph.inputs(node).flatMap((maker) => [maker, ...upstream(graph, maker, steps - 1)]);
}

/** What was open before only differences were shown, and of which Run they are. */
const known = new WeakMap<Store, { readonly before: Opened; readonly run: number | null }>();

/** Shows only what differs, or all again; says whether there was anything to do. */
export function toggleOnly(store: Store): boolean {
  const { opened, run } = store;
  if (opened.value.alone) {
    opened.value = known.get(store)?.before ?? { ...opened.value, alone: undefined };
    return true;
  }
  const nodes = nodesInView(store);
  const graph = store.graphs[store.graph.value];
  if (!graph || nodes.length === 0) return false;
  known.set(store, { before: opened.value, run: run.value });
  opened.value = onlyThese(graph, nodes);
  return true;
}

/** Another Run, or none, has come into view. For an effect: it reads which one before all else. */
export function followRun(store: Store): void {
  const { opened, run } = store;
  const now = run.value;
  const last = known.get(store);
  if (!opened.peek().alone || !last || last.run === now) return;
  const nodes = nodesInView(store);
  known.set(store, { ...last, run: now });
  opened.value = nodes.length > 0 ? onlyThese(store.graphs[store.graph.value]!, nodes) : last.before;
}

/** Those of the Run that is painted along the graph in view. */
export function nodesInView(store: Store): number[] {
  const run = store.run.value === null ? undefined : store.unpacked.shown.runs[store.run.value];
  return run?.graph === store.graph.value ? differing(store, run) : [];
}

/** Keeps a viewer and the model of its widget in step: what is selected, the finding and the Run in view. */

import { batch, effect } from "@preact/signals-core";
import type { Selected, Store } from "../view/types";

/** What anywidget hands to a view; the views of one widget share it, and so does Python. */
export interface Model {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  send(content: unknown): void;
  on(event: string, heard: (content?: unknown) => void): void;
  off(event: string, heard: (content?: unknown) => void): void;
}

/** A node by the document's own id, a module's call by name, else (an arm of a branch) a scope by its number. */
interface Selection {
  readonly node?: number;
  readonly module?: string;
  readonly call?: number;
  readonly scope?: number;
  /** The method, where several were captured. */
  readonly method?: string;
}

interface State {
  readonly finding: string | null;
  readonly run: number | null;
  readonly selection: Selection | null;
}

const NAMES = ["finding", "run", "selection"] as const;

/** What follows from what Python asked is told when Python has had the time to ask for more. */
const SETTLE_MS = 200;

/**
 * The viewer goes where the model is, and tells it what a person did. What it begins with by itself it does not tell:
 * on its way to the kernel that would cross, and undo, what the next cell asks for.
 */
export function steer(store: Store, model: Model): () => void {
  let told = stateOf(store);
  let seen: State = { finding: null, run: null, selection: null };
  let [asked, following, gone] = [false, false, false];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const doubtful = new Set<keyof State>();
  const tell = (now: State) => {
    timer = undefined;
    const said = read(model);
    const moved = NAMES.filter((name) => key(now[name]) !== key(told[name]) || doubtful.has(name));
    const changed = moved.filter((name) => key(now[name]) !== key(said[name]));
    told = now;
    doubtful.clear();
    for (const name of changed) model.set(name, now[name]);
    seen = read(model);
    if (changed.length > 0) model.save_changes();
  };
  const follow = () => {
    asked = false;
    if (gone) return;
    const wanted = read(model);
    const changed = NAMES.filter((name) => key(wanted[name]) !== key(seen[name]));
    seen = wanted;
    following = true;
    batch(() => {
      for (const name of changed) go[name](store, wanted);
    });
    following = false;
    for (const name of changed) doubtful.add(name);
    clearTimeout(timer);
    if (changed.length > 0) timer = setTimeout(() => tell(stateOf(store)), SETTLE_MS);
  };
  // Another view sets one name after the other: all of them are waited for.
  const heard = () => {
    if (!asked) queueMicrotask(follow);
    asked = true;
  };
  follow();
  const stop = effect(() => {
    const now = stateOf(store);
    if (!following && NAMES.some((name) => key(now[name]) !== key(told[name])) && timer === undefined) tell(now);
  });
  for (const name of NAMES) model.on(`change:${name}`, heard);
  return () => {
    gone = true;
    clearTimeout(timer);
    stop();
    for (const name of NAMES) model.off(`change:${name}`, heard);
  };
}

/** What the document does not have is passed over. */
const go = {
  finding: (store: Store, { finding }: State) => {
    if (finding === null) store.finding.value = null;
    else store.goToFinding(store.unpacked.shown.findings.findIndex(({ id }) => id === finding));
  },
  run: (store: Store, { run }: State) => {
    if (run === null) store.run.value = null;
    else store.goToRun(store.unpacked.shown.runs.findIndex(({ id }) => id === run));
  },
  selection: (store: Store, { selection }: State) => {
    if (selection === null) return store.clear();
    const named = store.graphs.findIndex(({ about }) => about.method === selection.method);
    const graph = named >= 0 ? named : store.graph.value;
    const { node, scope } = selection;
    if (node !== undefined) store.goToNode(store.graphs[graph]?.columns.id.indexOf(node) ?? -1, graph);
    else store.goToScope(scope ?? scopeOf(store, graph, selection.module ?? "", selection.call ?? 0), graph);
  },
};

function read(model: Model): State {
  const selection = model.get("selection");
  const [finding, run] = [model.get("finding"), model.get("run")];
  return {
    finding: typeof finding === "string" ? finding : null,
    run: typeof run === "number" ? run : null,
    selection: typeof selection === "object" ? selection : null,
  };
}

function stateOf(store: Store): State {
  const { shown } = store.unpacked;
  const [finding, run, selected] = [store.finding.value, store.run.value, store.selected.value];
  return {
    finding: finding === null ? null : (shown.findings[finding]?.id ?? null),
    run: run === null ? null : (shown.runs[run]?.id ?? null),
    selection: selectionOf(store, store.graph.value, selected),
  };
}

function selectionOf(store: Store, graph: number, selected: Selected): Selection | null {
  const index = store.graphs[graph];
  if (!index || selected.kind === "nothing") return null;
  const method = store.graphs.length > 1 ? { method: index.about.method } : {};
  if (selected.kind === "node") return { node: index.columns.id[selected.node]!, ...method };
  const { scope } = selected;
  const module = store.unpacked.shown.strings[index.columns.fqn[scope]!] ?? "";
  const call = index.columns.call[scope]!;
  return { ...(scopeOf(store, graph, module, call) === scope ? { module, call } : { scope }), ...method };
}

/** The first scope of a module's call; -1 where there is none. */
function scopeOf(store: Store, graph: number, module: string, call: number): number {
  const index = store.graphs[graph];
  const text = store.unpacked.shown.strings.indexOf(module);
  for (let scope = 0; index && scope < index.scopes; scope++) {
    if (index.columns.fqn[scope] === text && index.columns.call[scope] === call) return scope;
  }
  return -1;
}

/** Equal for what means the same, whatever the order in which Python and JavaScript wrote it. */
function key(value: State[(typeof NAMES)[number]]): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return JSON.stringify([value.node, value.module, value.call, value.scope, value.method]);
}

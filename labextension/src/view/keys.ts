/** The keyboard. Keys are heard at the viewer's root only, and not while somebody types in a field. */

import { differing, toggleOnly } from "./differing";
import type { Screen } from "./screen";
import { listed } from "./sifting";

export const KEYS: readonly (readonly [string, string])[] = [
  ["↑ ↓ ← →", "walk along the edges of the graph"],
  ["Enter", "open or close the selected module; follow a stub to its value"],
  ["Esc", "close what is on top, then clear the selection"],
  ["/", "search nodes and modules"],
  ["n  p", "next, previous finding"],
  ["d  D", "next, previous node that differs in the Run in view"],
  ["o", "only what differs in the Run in view, or all"],
  ["+  −  0", "zoom in, zoom out, show the whole graph"],
  ["?", "this list"],
];

const DIRECTIONS: Readonly<Record<string, "up" | "down" | "left" | "right">> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
};

export function onKey(screen: Screen, event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const target = event.composedPath()[0];
  if (event.key !== "Escape" && isField(target)) return;
  if (screen.overlay.value !== "none" && screen.overlay.value !== "search") return;
  if (handled(screen, event.key, target)) event.preventDefault();
}

function handled(screen: Screen, key: string, target: EventTarget | undefined): boolean {
  const direction = DIRECTIONS[key];
  if (direction) return !ownsArrows(target) && (screen.drawing.value?.walk(direction) ?? false);
  switch (key) {
    case "Enter":
      return !isControl(target) && enter(screen);
    case "Escape":
      return leave(screen);
    case "/":
      screen.overlay.value = "search";
      return true;
    case "?":
      screen.overlay.value = "help";
      return true;
    case "n":
      return stepFinding(screen, 1);
    case "p":
      return stepFinding(screen, -1);
    case "d":
      return stepDifference(screen, 1);
    case "D":
      return stepDifference(screen, -1);
    case "o":
      return toggleOnly(screen.store);
    case "+":
    case "=":
      screen.drawing.value?.zoomBy(1.25);
      return true;
    case "-":
      screen.drawing.value?.zoomBy(0.8);
      return true;
    case "0":
      screen.drawing.value?.fit();
      return true;
    default:
      return false;
  }
}

/** A module is opened or closed; a stub's value is gone to; a node is brought into view. */
function enter({ store, index }: Screen): boolean {
  const selected = store.selected.value;
  if (selected.kind === "scope") {
    const fold = index.value?.fold(selected.scope);
    const isFolded = fold?.first === selected.scope && !store.opened.value.folds.has(fold.first);
    if (isFolded) store.toggleFold(selected.scope);
    else store.toggleScope(selected.scope);
  } else if (selected.kind === "node") store.goToNode(selected.node);
  return selected.kind !== "nothing";
}

function leave({ overlay, store }: Screen): boolean {
  if (overlay.value !== "none") overlay.value = "none";
  else if (store.selected.value.kind !== "nothing") store.clear();
  else if (store.finding.value !== null) store.finding.value = null;
  else return false;
  return true;
}

function stepFinding({ store }: Screen, step: 1 | -1): boolean {
  const order = listed(store.unpacked.shown.findings, store.filter.value);
  if (order.length === 0) return false;
  const at = store.finding.value === null ? -1 : order.indexOf(store.finding.value);
  store.goToFinding(order[at < 0 ? (step > 0 ? 0 : order.length - 1) : (at + step + order.length) % order.length]!);
  return true;
}

/** The nodes that differ are walked through in the order of the graph, from the selected one on and round. */
export function stepDifference({ store }: Screen, step: 1 | -1): boolean {
  const run = store.run.value === null ? undefined : store.unpacked.shown.runs[store.run.value];
  const nodes = run ? differing(store, run) : [];
  if (!run || nodes.length === 0) return false;
  const selected = store.selected.value;
  const from = selected.kind === "node" && run.graph === store.graph.value ? selected.node : step > 0 ? -1 : Number.POSITIVE_INFINITY;
  const ahead = nodes.filter((node) => (step > 0 ? node > from : node < from));
  const next = step > 0 ? ahead[0] ?? nodes[0]! : ahead.at(-1) ?? nodes.at(-1)!;
  store.goToNode(next, run.graph);
  return true;
}

function isField(target: EventTarget | undefined): boolean {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
}

function isControl(target: EventTarget | undefined): boolean {
  return target instanceof Element && target.closest("button, a, summary, [role=treeitem], [role=tree], [role=option]") !== null;
}

/** Lists, trees and panes that scroll keep the arrows to themselves. */
function ownsArrows(target: EventTarget | undefined): boolean {
  return target instanceof Element && target.closest("[data-arrows]") !== null;
}

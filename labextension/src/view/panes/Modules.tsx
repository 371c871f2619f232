/** The tree of the modules: the drawing for who reads by ear, and a table of contents for everybody. */

import { useMemo } from "preact/hooks";
import type { GraphIndex } from "../../model/types";
import { type Branch, firstNodes, outline } from "../outline";
import { nodeName, type Screen, scopeName, textAt } from "../screen";
import { visible } from "../visible";
import { Virtual } from "./Virtual";
import { Empty, Name, Shape } from "./Words";

const ROW = 24;

export function Modules({ screen }: { screen: Screen }) {
  const { store } = screen;
  const graph = screen.index.value;
  const opened = store.opened.value;
  const selected = store.selected.value;
  const first = useMemo(() => graph && firstNodes(graph), [graph]);
  const rows = useMemo(() => (graph && first ? outline(graph, opened, first) : []), [graph, first, opened]);
  const current = useMemo(() => rows.findIndex((row) => isSelected(row, selected)), [rows, selected]);
  const show = useMemo(() => (current < 0 ? null : { index: current, where: "near" as const }), [current, rows]);
  if (!graph || rows.length === 0) return <Empty>No operation was recorded.</Empty>;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !moved(screen, rows, current, event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <Virtual
      class="tree"
      count={rows.length}
      height={ROW}
      show={show}
      list={{
        role: "tree",
        "aria-label": "Modules",
        tabIndex: 0,
        "aria-activedescendant": current < 0 ? undefined : idOf(rows[current]!),
        onKeyDown,
      }}
      row={(index) => <BranchRow key={idOf(rows[index]!)} screen={screen} graph={graph} row={rows[index]!} selected={index === current} />}
    />
  );
}

interface RowProps {
  readonly screen: Screen;
  readonly graph: GraphIndex;
  readonly row: Branch;
  readonly selected: boolean;
}

function BranchRow({ screen, graph, row, selected }: RowProps) {
  const { findings } = screen.store.unpacked.shown;
  const isNode = row.kind === "node";
  const mark = isNode ? graph.columns.mark[row.ref]! : graph.worst(row.ref);
  const look = findings[mark - 1]?.look;
  const spec = isNode ? textAt(screen, graph.columns.spec[row.ref]) : "";
  const name = isNode ? nodeName(screen, graph, row.ref) : scopeName(screen, graph, row.ref);
  const ghost = isNode && graph.columns.ghost[row.ref] !== 0;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus, and says which row is active
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree hears the keys
    <div
      id={idOf(row)}
      role="treeitem"
      aria-level={row.level}
      aria-setsize={row.siblings}
      aria-posinset={row.position}
      aria-expanded={isNode ? undefined : row.open}
      aria-selected={selected}
      class={`branch ${row.kind} ${ghost ? "ghost" : ""}`}
      style={{ paddingLeft: `${Math.min(row.level, 14) * 12 - 6}px` }}
      onClick={() => go(screen, row)}
      onDblClick={() => toggle(screen, row)}
    >
      <span
        class="twist"
        aria-hidden="true"
        onClick={(event) => {
          event.stopPropagation();
          toggle(screen, row);
        }}
      >
        {isNode ? "" : row.open ? "▾" : "▸"}
      </span>
      <Name>{name}</Name>
      {row.kind === "fold" && <span class="times">× {row.times}</span>}
      <span class="soft type">{visible(isNode ? (name.endsWith(spec) ? "" : spec) : typeOf(screen, graph, row), 80)}</span>
      {look && (
        <span class="mark" title={findings[mark - 1]!.word}>
          <Shape look={look} />
          <span class="hidden">{findings[mark - 1]!.word}</span>
        </span>
      )}
    </div>
  );
}

/** The keys of a tree, as screen readers and everybody's hands expect them. */
function moved(screen: Screen, rows: readonly Branch[], current: number, key: string): boolean {
  const row = rows[current];
  const target = (index: number) => {
    const next = rows[Math.max(0, Math.min(rows.length - 1, index))];
    if (next) go(screen, next);
    return true;
  };
  switch (key) {
    case "ArrowDown":
      return target(current + 1);
    case "ArrowUp":
      return target(current < 0 ? 0 : current - 1);
    case "Home":
      return target(0);
    case "End":
      return target(rows.length - 1);
    case "ArrowRight":
      if (!row || row.kind === "node") return true;
      if (row.open) return target(current + 1);
      toggle(screen, row);
      return true;
    case "ArrowLeft":
      if (row?.open) toggle(screen, row);
      else if (row && row.parent >= 0) target(row.parent);
      return true;
    case "Enter":
    case " ":
      if (row && row.kind !== "node") toggle(screen, row);
      return true;
    default:
      return false;
  }
}

function go({ store }: Screen, row: Branch): void {
  if (row.kind === "node") store.goToNode(row.ref);
  else if (row.kind === "scope") store.goToScope(row.ref);
  else store.selected.value = { kind: "scope", scope: row.ref };
}

function toggle({ store }: Screen, row: Branch): void {
  if (row.kind === "scope") store.toggleScope(row.ref);
  if (row.kind === "fold") store.toggleFold(row.ref);
}

/** A closed fold is selected by its first scope; in an open one that scope has a row of its own. */
function isSelected(row: Branch, selected: Screen["store"]["selected"]["value"]): boolean {
  if (selected.kind === "node") return row.kind === "node" && row.ref === selected.node;
  if (selected.kind === "nothing" || row.kind === "node" || row.ref !== selected.scope) return false;
  return row.kind === "scope" || !row.open;
}

function idOf(row: Branch): string {
  return `tree-${row.kind}-${row.ref}`;
}

function typeOf(screen: Screen, graph: GraphIndex, row: Branch): string {
  const { type, call } = graph.columns;
  const again = row.kind === "scope" && call[row.ref]! > 0 ? `call ${call[row.ref]! + 1}` : "";
  return [textAt(screen, type[row.ref]), again].filter((part) => part !== "").join(", ");
}

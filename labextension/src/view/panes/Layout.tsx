/** The whole screen: the verdict above, findings left, graph in the middle, source right, Runs below. */

import { useComputed, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { onKey } from "../keys";
import { spelled } from "../numbers";
import type { Note } from "../types";
import { type Screen, selectionSaid, type Tab } from "../screen";
import { Findings } from "./Findings";
import { GraphRoom } from "./GraphRoom";
import { Modules } from "./Modules";
import { NodeDetail } from "./NodeDetail";
import { Overlays } from "./Overlays";
import { Runs } from "./Runs";
import { Source } from "./Source";
import { Splitter } from "./Splitter";
import { VerdictBar } from "./VerdictBar";
import { Shape } from "./Words";

export function Layout({ screen }: { screen: Screen }) {
  const { store, tab } = screen;
  const [left, right, below] = [useSignal<number | null>(null), useSignal<number | null>(null), useSignal<number | null>(null)];
  const { asking } = screen;
  const sizes: Record<string, string> = {};
  if (left.value !== null) sizes["--left"] = `${left.value}px`;
  if (right.value !== null) sizes["--right"] = `${right.value}px`;
  if (below.value !== null) sizes["--below"] = `${below.value}px`;
  else if (asking?.open.value) sizes["--below"] = "max(46%, 290px)";
  else if (store.history.value === 0) sizes["--below"] = "66px";
  return (
    <div
      class={`viewer ${store.dark.value ? "dark" : "light"}`}
      data-lm-suppress-shortcuts="true"
      data-tab={tab.value}
      role="region"
      aria-label={screen.name}
      tabIndex={-1}
      onKeyDown={(event) => onKey(screen, event)}
    >
      <div class="frame">
        <VerdictBar screen={screen} />
        <Noted screen={screen} />
        <Tabs screen={screen} />
        <div class="rooms" style={sizes}>
          <Room name="findings" label="Findings">
            <Side screen={screen} />
          </Room>
          <Splitter name="Width of the findings" area="s1" size={left} side="left" least={200} />
          <Room name="graph" label="Graph">
            <GraphRoom screen={screen} />
          </Room>
          <Splitter name="Width of the source" area="s2" size={right} side="right" least={200} />
          <Room name="source" label="Source">
            <Source screen={screen} />
            <NodeDetail screen={screen} />
          </Room>
          <Splitter name="Height of the Runs" area="s3" size={below} side="below" least={66} />
          <Room name="runs" label="Runs">
            <Runs screen={screen} />
          </Room>
        </div>
      </div>
      <Overlays screen={screen} />
      <Said screen={screen} />
    </div>
  );
}

/** What the host says; else that the kernel is gone. */
function Noted({ screen: { note, asking } }: { screen: Screen }) {
  const { text, act }: Note = note?.value ?? { text: asking?.gone.value ?? "" };
  if (text === "") return null;
  return (
    <p class="gone" role="status">
      <Shape look="note" />
      <span>{text}</span>
      {act && (
        <button type="button" class="link" onClick={() => act.run()}>
          {act.label}
        </button>
      )}
    </p>
  );
}

function Room({ name, label, children }: { name: Tab; label: string; children: ComponentChildren }) {
  return (
    <section class={`room ${name}-room`} style={{ gridArea: name }} aria-label={label}>
      {children}
    </section>
  );
}

/** The left pane shows the findings, or the modules. */
function Side({ screen }: { screen: Screen }) {
  const { side } = screen;
  const total = screen.store.unpacked.shown.findings.length;
  return (
    <>
      <div class="sides-head" role="group" aria-label="What the left pane shows">
        <button type="button" aria-pressed={side.value === "findings"} onClick={() => (side.value = "findings")}>
          Findings <span class="soft">{spelled(total)}</span>
        </button>
        <button type="button" aria-pressed={side.value === "modules"} onClick={() => (side.value = "modules")}>
          Modules
        </button>
      </div>
      {side.value === "findings" ? <Findings screen={screen} /> : <Modules screen={screen} />}
    </>
  );
}

const TABS: readonly (readonly [Tab, string])[] = [
  ["findings", "Findings"],
  ["graph", "Graph"],
  ["source", "Source"],
  ["runs", "Runs"],
];

/** Drawn only where there is no room for all panes at once. */
function Tabs({ screen }: { screen: Screen }) {
  const { tab } = screen;
  return (
    <nav class="tabs" aria-label="Panes">
      {TABS.map(([name, label]) => (
        <button type="button" key={name} aria-current={tab.value === name ? "page" : undefined} onClick={() => (tab.value = name)}>
          {label}
        </button>
      ))}
    </nav>
  );
}

/** What a screen reader says when the selection changes, and what is told for a moment. */
function Said({ screen }: { screen: Screen }) {
  const selection = useComputed(() => selectionSaid(screen));
  return (
    <>
      <div class="hidden" role="status" aria-live="polite">
        {selection.value}
      </div>
      <div class="notice" role="status" aria-live="polite">
        {screen.notice.value && <span>{screen.notice.value}</span>}
      </div>
    </>
  );
}

/** Below the drawing, while a Run is painted along it: what its colours mean, and the way through what differs. */

import { useComputed, useSignalEffect } from "@preact/signals";
import type { ShownRun } from "../../schema";
import { DARK, LIGHT } from "../canvas/palette";
import { differing, followRun, toggleOnly } from "../differing";
import { stepDifference } from "../keys";
import { spelled } from "../numbers";
import type { Screen } from "../screen";

export function Compared({ screen }: { screen: Screen }) {
  const { run, graph, unpacked } = screen.store;
  useSignalEffect(() => followRun(screen.store));
  const painted = run.value === null ? undefined : unpacked.shown.runs[run.value];
  if (!painted?.heat || painted.graph !== graph.value) return null;
  return (
    <div class="compared" role="group" aria-label={`Run ${painted.id}, eager against captured`}>
      <button type="button" class="chip" title="Take the colours of this Run away" onClick={() => (run.value = null)}>
        Run {painted.id} <span aria-hidden="true">✕</span>
      </button>
      <Legend dark={screen.store.dark.value} />
      <span class="grow" />
      <Steps key={painted.id} screen={screen} run={painted} />
    </div>
  );
}

function Legend({ dark }: { dark: boolean }) {
  const { agrees, heatSteps } = dark ? DARK : LIGHT;
  return (
    <span class="legend soft">
      <i style={{ background: agrees }} />
      agrees
      <span class="little">differs a little</span>
      <i class="scale" style={{ background: `linear-gradient(to right, ${heatSteps.join(", ")})` }} />
      wholly
    </span>
  );
}

function Steps({ screen, run }: { screen: Screen; run: ShownRun }) {
  const { store } = screen;
  const nodes = useComputed(() => differing(store, run));
  const total = nodes.value.length;
  if (total === 0) return null;
  const selected = store.selected.value;
  const at = selected.kind === "node" ? nodes.value.indexOf(selected.node) : -1;
  const only = store.opened.value.alone !== undefined;
  return (
    <>
      <button type="button" class="quiet" aria-pressed={only} title="Draw what does not differ together (o)" onClick={() => toggleOnly(store)}>
        Only what differs
      </button>
      <button type="button" class="quiet square" aria-label="Previous difference in the graph" title="Previous (D)" onClick={() => stepDifference(screen, -1)}>
        ↑
      </button>
      <span class="soft place-of">
        {at < 0 ? "" : `${spelled(at + 1)} of `}
        {spelled(total)}
      </span>
      <button type="button" class="quiet square" aria-label="Next difference in the graph" title="Next (d)" onClick={() => stepDifference(screen, 1)}>
        ↓
      </button>
    </>
  );
}

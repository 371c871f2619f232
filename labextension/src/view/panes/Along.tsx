/** The nodes that differ in a Run, and the two sides of one of them, one above the other. */

import { useMemo } from "preact/hooks";
import type { ShownAlong, ShownRun, Summary } from "../../schema";
import { differing } from "../differing";
import { stepDifference } from "../keys";
import { spelled } from "../numbers";
import { nodeName, placeName, type Screen } from "../screen";
import { visible } from "../visible";
import { Virtual } from "./Virtual";
import { Name, Text } from "./Words";

const ROW = 24;

export function Along({ screen, run }: { screen: Screen; run: ShownRun }) {
  const { store } = screen;
  const graph = store.graphs[run.graph];
  const selected = store.selected.value;
  const node = selected.kind === "node" && store.graph.value === run.graph ? selected.node : null;
  const current = useMemo(() => run.along.findIndex((along) => along.node === node), [run, node]);
  const show = useMemo(() => (current < 0 ? null : { index: current, where: "near" as const }), [current]);
  // Of very many only some are told; beside them there may be the one that eager has not.
  const total = useMemo(() => {
    const all = differing(store, run).length;
    return all > run.along.length + 1 ? all : run.along.length;
  }, [run]);
  if (!graph) return null;
  const sides = run.along[current < 0 ? firstOf(run) : current];
  return (
    <div class="along">
      <h3>
        {spelled(total)} {total === 1 ? "node differs" : "nodes differ"}
        {total > run.along.length && <span class="soft first">{spelled(run.along.length)} with their values</span>}
        <button type="button" class="quiet" aria-label="Previous node that differs" onClick={() => stepDifference(screen, -1)}>
          ↑
        </button>
        <button type="button" class="quiet" aria-label="Next node that differs" onClick={() => stepDifference(screen, 1)}>
          ↓
        </button>
      </h3>
      <Virtual
        class="differing"
        count={run.along.length}
        height={ROW}
        show={show}
        list={{ role: "list", "aria-label": "Nodes that differ" }}
        row={(index) => {
          const along = run.along[index]!;
          return (
            <div role="listitem" key={index}>
              <button type="button" class="differs" aria-current={index === current} onClick={() => store.goToNode(along.node, run.graph)}>
                <Name>{nodeName(screen, graph, along.node)}</Name>
                <span class="soft cut">{visible(placeName(screen, graph, graph.columns.range[along.node]), 60)}</span>
                <span class="number" title="largest absolute error">
                  {along.eager && along.captured ? amount(along.max_abs) : along.eager || along.captured ? "no value" : "only captured"}
                </span>
              </button>
            </div>
          );
        }}
      />
      {sides && <Sides sides={sides} name={nodeName(screen, graph, sides.node)} />}
    </div>
  );
}

/** Eager above captured, their bars over the same span. */
function Sides({ sides, name }: { sides: ShownAlong; name: string }) {
  const most = Math.max(1, ...(sides.eager?.bars ?? []), ...(sides.captured?.bars ?? []));
  return (
    <div class="sides">
      <p>
        <code>
          <Text limit={60}>{name}</Text>
        </code>{" "}
        {sides.eager && sides.captured && (
          <span class="soft">
            max abs {amount(sides.max_abs)}, max rel {amount(sides.max_rel)}
          </span>
        )}
      </p>
      {sides.eager || sides.captured ? (
        <>
          <Side name="eager" summary={sides.eager} most={most} />
          <Side name="captured" summary={sides.captured} most={most} />
        </>
      ) : (
        <p class="soft">Eager ran no such operation here.</p>
      )}
    </div>
  );
}

function Side({ name, summary, most }: { name: string; summary: Summary | null; most: number }) {
  return (
    <div class={`side ${name}`}>
      <span class="who">{name}</span>
      {summary === null ? (
        <span class="soft">no value</span>
      ) : (
        <>
          <Bars bars={summary.bars} most={most} name={name} />
          <span class="summary">
            <Text limit={60}>{summary.spec}</Text>
            <span class="soft cut">
              {summary.mean && `min ${visible(summary.min, 20)} mean ${visible(summary.mean, 20)} max ${visible(summary.max, 20)}`}
              {summary.nans > 0 && `, ${spelled(summary.nans)} NaN`}
            </span>
          </span>
        </>
      )}
    </div>
  );
}

/** A bar that is not empty is at least a pixel high. */
function Bars({ bars, most, name }: { bars: readonly number[]; most: number; name: string }) {
  if (bars.length === 0) return null;
  return (
    <svg class="bars" viewBox={`0 0 ${bars.length * 6} 26`} role="img" aria-label={`How the values of ${name} are spread`}>
      {bars.map((bar, place) => {
        const height = bar === 0 ? 0 : Math.max(1, (bar / most) * 24);
        return <rect key={place} x={place * 6} y={25 - height} width={5} height={height} />;
      })}
      <path d={`M0 25.5H${bars.length * 6}`} />
    </svg>
  );
}

/** Nothing is known of an error that is not finite, or of values that have none. */
export function amount(number: number | null): string {
  if (number === null) return "–";
  if (number === 0) return "0";
  const size = Math.abs(number);
  return size >= 0.001 && size < 100_000 ? String(Number(number.toPrecision(4))) : number.toExponential(2);
}

/** Why no node is listed. */
export function unequal(run: ShownRun): string {
  if (!run.compared && run.outcome === "agrees") return "The outputs agree; the nodes on the way to them were not compared.";
  if (!run.compared) return "The nodes were not compared in this Run.";
  return run.first_divergence === null ? "No node differs." : "What both sides computed is equal, but one of them computed more.";
}

function firstOf(run: ShownRun): number {
  return Math.max(0, run.along.findIndex((along) => along.node === run.first_divergence));
}

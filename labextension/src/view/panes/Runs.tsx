/** Every Run, and eager against captured for the one in view. */

import { useMemo } from "preact/hooks";
import type { OutputError, ShownRun } from "../../schema";
import { nodeName, type Screen } from "../screen";
import { visibleBlock } from "../visible";
import { Along, amount, unequal } from "./Along";
import { Rerun } from "./Rerun";
import { Virtual } from "./Virtual";
import { Empty, LookWord, Snippet, Text } from "./Words";

const ROW = 44;
const NONE = "No Run is stored here: nothing was tried against eager.";

export function Runs({ screen }: { screen: Screen }) {
  const { store, asking } = screen;
  const { runs } = store.unpacked.shown;
  const count = store.history.value;
  const asks = asking?.open.value ?? false;
  const current = store.run.value;
  const show = useMemo(() => (current === null ? null : { index: current, where: "near" as const }), [current]);
  if (count === 0 && !asking) return <Empty>{NONE}</Empty>;
  return (
    <>
      <div class="runlist">
        {asking && (
          <div class="runs-head">
            <button type="button" aria-pressed={asks} disabled={asking.gone.value !== "" && !asks} onClick={() => asking.toggle()}>
              {asks ? "Close form" : "Run again"}
            </button>
            <span class="soft cut">{count === 1 ? "1 Run" : `${count.toLocaleString("en")} Runs`}</span>
          </div>
        )}
        <Virtual
          class="history"
          count={count}
          height={ROW}
          show={show}
          list={{ role: "list", "aria-label": "Runs" }}
          row={(index) => <RunRow key={index} run={runs[index]!} current={index === current} open={() => store.goToRun(index)} />}
        />
      </div>
      {asking && asks && <Rerun screen={screen} asking={asking} />}
      {count === 0 ? <Empty>{NONE}</Empty> : current === null || !runs[current] ? <Empty>Choose a Run to see eager against captured.</Empty> : <OneRun key={current} screen={screen} run={runs[current]!} />}
    </>
  );
}

function RunRow({ run, current, open }: { run: ShownRun; current: boolean; open: () => void }) {
  return (
    <div role="listitem">
      <button type="button" class="run" aria-current={current} onClick={open}>
        <span class="line">
          <LookWord look={run.look} word={run.word} />
          <span class="soft">Run {run.id}</span>
        </span>
        <span class="cut">
          <Text limit={160}>{run.title}</Text>
        </span>
      </button>
    </div>
  );
}

function OneRun({ screen, run }: { screen: Screen; run: ShownRun }) {
  const compared = run.along.length > 0 && screen.store.graphs[run.graph] !== undefined;
  return (
    <div class={`onerun ${compared ? "" : "alone"}`} tabIndex={0} data-arrows="own" role="group" aria-label={`Run ${run.id}`}>
      <div class="facing">
        <h2>
          <LookWord look={run.look} word={run.word} />
          <span>
            Run {run.id}: <Text limit={300}>{run.title}</Text>
          </span>
        </h2>
        {run.error && <pre class="error" tabIndex={0}>{visibleBlock(run.error)}</pre>}
        <First screen={screen} run={run} />
        <OnlyEager run={run} />
        <Outputs outputs={run.outputs} />
        {!compared && <p class="soft">{unequal(run)}</p>}
        <Blame screen={screen} run={run} />
        <Inputs run={run} />
        {run.snippet && (
          <details>
            <summary>As code</summary>
            <Snippet screen={screen} text={run.snippet} what="the Run" />
          </details>
        )}
      </div>
      {compared && <Along screen={screen} run={run} />}
    </div>
  );
}

function First({ screen, run }: { screen: Screen; run: ShownRun }) {
  const graph = screen.store.graphs[run.graph];
  const node = run.first_divergence;
  if (node === null || !graph) return null;
  const go = () => {
    screen.store.goToNode(node, run.graph);
    screen.tab.value = "graph";
  };
  return (
    <p>
      First differs at{" "}
      <code>
        <Text limit={80}>{nodeName(screen, graph, node)}</Text>
      </code>{" "}
      <button type="button" onClick={go}>
        Go to it
      </button>
    </p>
  );
}

/** The other half of what differs: the drawing has only the captured program. */
function OnlyEager({ run }: { run: ShownRun }) {
  const { length } = run.only_eager;
  if (length === 0) return null;
  return (
    <details class="besides" open={length <= 4}>
      <summary>Only eager ran</summary>
      <ul>
        {run.only_eager.map((told) => (
          <li key={told}>
            <code>
              <Text limit={160}>{told}</Text>
            </code>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Outputs({ outputs }: { outputs: readonly OutputError[] }) {
  if (outputs.length === 0) return null;
  return (
    <div class="wide" tabIndex={0} data-arrows="own" role="group" aria-label="Outputs">
      <table>
        <thead>
          <tr>
            <th scope="col">output</th>
            <th scope="col">eager</th>
            <th scope="col">captured</th>
            <th scope="col" class="number">max abs</th>
            <th scope="col" class="number">max rel</th>
            <th scope="col">worst at</th>
          </tr>
        </thead>
        <tbody>
          {outputs.slice(0, 200).map((output, place) => (
            <tr key={place} class={output.agrees ? "" : "differs"}>
              <th scope="row">
                <Text limit={60}>{output.path || "output"}</Text>
              </th>
              <td>
                <Text limit={60}>{output.eager}</Text>
              </td>
              <td class={output.eager === output.captured ? "" : "other"}>
                <Text limit={60}>{output.captured}</Text>
              </td>
              <td class="number">{output.agrees ? "agrees" : amount(output.max_abs)}</td>
              <td class="number">{output.agrees ? "" : amount(output.max_rel)}</td>
              <td>{output.index && !output.agrees ? `[${output.index.join(", ")}]` : ""}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {outputs.length > 200 && <p class="soft">and {outputs.length - 200} more</p>}
    </div>
  );
}

function Blame({ screen, run }: { screen: Screen; run: ShownRun }) {
  const { findings } = screen.store.unpacked.shown;
  const known = run.blame.filter((place) => findings[place]);
  if (known.length === 0) return null;
  const open = (place: number) => {
    screen.side.value = "findings";
    screen.tab.value = "findings";
    screen.store.goToFinding(place);
  };
  return (
    <p class="blame">
      <span class="soft">Blame</span>
      {known.map((place) => (
        <button type="button" class="link" key={place} onClick={() => open(place)}>
          <Text limit={120}>{findings[place]!.place || findings[place]!.rule}</Text>
        </button>
      ))}
    </p>
  );
}

function Inputs({ run }: { run: ShownRun }) {
  if (run.inputs.length === 0) return null;
  return (
    <p class="soft">
      Inputs <Text limit={600}>{run.inputs.map(({ name, spec }) => (name ? `${name}: ${spec}` : spec)).join(", ")}</Text>
    </p>
  );
}

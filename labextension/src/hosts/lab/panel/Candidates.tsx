/** What could be traced: callables of the user's, with inputs of theirs that fit. */

import type { Candidate, Listing } from "../../../schema";
import { visible } from "../../../view/visible";
import type { Room } from "../room";
import type { Sheet } from "./sheet";
import { Code } from "./States";

const EXAMPLE = "import torch\n\nmodel = torch.nn.Linear(10, 2)\nx = torch.randn(3, 10)";

interface Parts {
  readonly room: Room;
  readonly sheet: Sheet;
}

export function Candidates({ room, sheet, listing: { traces, candidates, more } }: Parts & { listing: Listing }) {
  const { trans } = room;
  const [fit, rest] = [candidates.filter(({ call }) => call !== ""), candidates.filter(({ call }) => call === "")];
  if (candidates.length === 0) return traces.length === 0 ? <Nothing room={room} /> : null;
  return (
    <section aria-labelledby="tracelab-candidates">
      <h3 id="tracelab-candidates">
        {trans.__("Can be traced")} <span class="soft">{fit.length}</span>
      </h3>
      {traces.length === 0 && fit.length > 0 && <p class="soft pad">{trans.__("No Trace yet. Trace one of these, with inputs of yours that fit:")}</p>}
      <ul class="candidates" aria-label={trans.__("Can be traced")}>
        {fit.map((one) => (
          <Fitting key={one.name} room={room} sheet={sheet} candidate={one} />
        ))}
      </ul>
      {rest.length > 0 && <Rest room={room} rest={rest} isOpen={fit.length === 0} />}
      {more > 0 && <p class="soft pad">{trans.__("%1 more are not listed: run %trace with their name.", more)}</p>}
    </section>
  );
}

function Fitting({ room: { trans }, sheet, candidate: { name, type, call, inputs } }: Parts & { candidate: Candidate }) {
  const isUnder = sheet.work.value.some(({ title }) => title === titleOf(call));
  const trace = async () => {
    const { reply } = await sheet.begin(titleOf(call), "trace", { make: call });
    if (reply.trace !== "") sheet.choose(reply.trace);
  };
  const label = trans.__("Trace %1", visible(call, 200));
  return (
    <li class="candidate">
      <span class="what">
        <code class="cut" title={visible(call)}>
          {visible(call, 200)}
        </code>
        <span class="cut soft" title={visible(`${name}: ${type}, ${inputs}`)}>
          {visible(type, 80)} · {visible(inputs, 200)}
        </span>
      </span>
      <button type="button" disabled={isUnder} onClick={trace} aria-label={label} title={label}>
        {trans.__("Trace")}
      </button>
    </li>
  );
}

function titleOf(call: string): string {
  return `Trace ${call}`;
}

function Rest({ room: { trans }, rest, isOpen }: { room: Room; rest: readonly Candidate[]; isOpen: boolean }) {
  return (
    <details open={isOpen}>
      <summary>{trans.__("No inputs fit")} <span class="soft">{rest.length}</span></summary>
      <ul class="candidates" aria-label={trans.__("No inputs fit")}>
        {rest.map(({ name, type, inputs }) => (
          <li class="candidate" key={name}>
            <span class="what">
              <span class="line">
                <code class="cut" title={visible(name)}>
                  {visible(name, 120)}
                </code>
                <span class="cut soft">{visible(type, 80)}</span>
              </span>
              <span class="soft why">{visible(inputs, 300)}</span>
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Nothing({ room }: { room: Room }) {
  const { trans } = room;
  return (
    <div class="blank">
      <h3>{trans.__("Nothing to trace yet")}</h3>
      <p>{trans.__("Make a model and inputs in a cell. They are listed here as soon as the cell has run:")}</p>
      <Code room={room} text={EXAMPLE} what={trans.__("the example")} />
    </div>
  );
}

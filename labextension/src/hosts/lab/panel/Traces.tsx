/** The Traces that live in the kernel, and what can be done with the one that is chosen. */

import type { Living } from "../../../schema";
import { Shape } from "../../../view/panes/Words";
import { visible } from "../../../view/visible";
import type { Room } from "../room";
import { Choices } from "./Choices";
import type { Sheet } from "./sheet";

interface Parts {
  readonly room: Room;
  readonly sheet: Sheet;
}

export function Traces({ room, sheet, traces }: Parts & { traces: readonly Living[] }) {
  const { trans } = room;
  const chosen = sheet.chosen.value;
  if (traces.length === 0) return null;
  return (
    <section aria-labelledby="tracelab-traces">
      <h3 id="tracelab-traces">
        {trans.__("Traces")} <span class="soft">{traces.length}</span>
      </h3>
      <Choices
        label={trans.__("Traces")}
        rows={traces}
        current={chosen?.id ?? ""}
        choose={sheet.choose}
        row={(trace) => <Row trace={trace} />}
      />
      {chosen && <Actions room={room} sheet={sheet} trace={chosen} />}
    </section>
  );
}

function Row({ trace: { name, title, verdict, look } }: { trace: Living }) {
  return (
    <>
      <span class="line">
        <Shape look={look} />
        {name && <code class="cut">{visible(name, 120)}</code>}
        <span class={`cut grow ${name ? "soft" : ""}`} title={visible(title)}>
          {visible(title, 200)}
        </span>
      </span>
      <span class={`verdict ${look}`} title={visible(verdict)}>
        {visible(verdict, 300)}
      </span>
    </>
  );
}

function Actions({ room: { app, trans }, sheet, trace }: Parts & { trace: Living }) {
  const named = { trace: trace.id, kernel: sheet.talk.kernel.id };
  const does = (command: string) => () => void app.commands.execute(`tracelab:${command}`, named);
  const isBusy = sheet.work.value.some(({ trace: of }) => of === trace.id);
  return (
    <div class="actions" role="group" aria-label={trans.__("What can be done with %1", visible(trace.name || trace.title, 80))}>
      <button type="button" class="first" onClick={does("open-viewer")} title={trans.__("Graph, source, Runs and findings, in the main area")}>
        {trans.__("Open viewer")}
      </button>
      {trace.can_run && (
        <>
          <button type="button" onClick={does("rerun")} title={trans.__("Run it with other inputs: opens the viewer's form")}>
            {trans.__("Run again")}
          </button>
          <button type="button" disabled={isBusy} onClick={does("search")} title={trans.__("Look for an input that proves more, for 10 seconds")}>
            {trans.__("Search longer")}
          </button>
        </>
      )}
      <button type="button" onClick={does("export-report")} title={trans.__("One HTML file, saved beside the notebook and downloaded")}>
        {trans.__("Report")}
      </button>
      <button type="button" onClick={does("save")} title={trans.__("A .tracelab file, saved beside the notebook")}>
        {trans.__("Save")}
      </button>
    </div>
  );
}

/** What was frozen in the Trace that is chosen, worst first. */

import type { Found } from "../../../schema";
import { LookWord, Sentence } from "../../../view/panes/Words";
import { visible } from "../../../view/visible";
import type { Room } from "../room";
import { showFinding } from "../viewers";
import { Choices } from "./Choices";
import type { Sheet } from "./sheet";

interface Parts {
  readonly room: Room;
  readonly sheet: Sheet;
}

export function Findings({ room, sheet }: Parts) {
  const { trans } = room;
  const findings = sheet.findings.value;
  const { id: trace, verdict } = sheet.chosen.value!;
  const choose = (id: string) => {
    sheet.finding.value = id;
    showFinding(sheet.talk, trace, id);
  };
  return (
    <section aria-labelledby="tracelab-findings">
      <h3 id="tracelab-findings">
        {trans.__("Findings")} <span class="soft">{findings?.length}</span>
      </h3>
      {findings?.length === 0 && <p class="soft pad">{visible(verdict, 300)}</p>}
      {findings && findings.length > 0 && (
        <Choices
          label={trans.__("Findings")}
          rows={findings}
          current={sheet.finding.value}
          choose={choose}
          row={(found) => <Row trans={trans} found={found} />}
          below={(found) => <Below room={room} sheet={sheet} trace={trace} found={found} />}
        />
      )}
    </section>
  );
}

function Row({ trans, found: { look, verdict, rule, message, frozen, place } }: Pick<Room, "trans"> & { found: Found }) {
  return (
    <>
      <span class="line">
        <LookWord look={look} word={verdict} />
        <code class="cut soft" title={visible(rule)}>
          {visible(rule, 80)}
        </code>
      </span>
      <span class="message" title={visible(message)}>
        <Sentence limit={300}>{message}</Sentence>
      </span>
      <span class="foot soft">
        {frozen && (
          <span class="cut" title={visible(frozen)}>
            {trans.__("frozen:")} <code>{visible(frozen, 80)}</code>
          </span>
        )}
        {place && (
          <span class="cut" title={visible(place)}>
            {visible(place, 200)}
          </span>
        )}
      </span>
    </>
  );
}

function Below({ room: { app, trans }, sheet, trace, found }: Parts & { trace: string; found: Found }) {
  const { source, cell } = found;
  const open = () => void app.commands.execute("tracelab:open-viewer", { trace, kernel: sheet.talk.kernel.id, finding: found.id });
  const canGo = source && app.commands.hasCommand("tracelab:go-to-line");
  const go = () => void app.commands.execute("tracelab:go-to-line", { source: { ...source }, cell, kernel: sheet.talk.kernel.id });
  return (
    <div class="below">
      {canGo && (
        <button type="button" onClick={go}>
          {trans.__("Go to line")}
        </button>
      )}
      <button type="button" onClick={open}>
        {trans.__("Show in viewer")}
      </button>
    </div>
  );
}

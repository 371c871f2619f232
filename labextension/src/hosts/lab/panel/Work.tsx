/** What is under way, and how the last of it ended. */

import type { Problem } from "../../../schema";
import { Sentence } from "../../../view/panes/Words";
import { visible } from "../../../view/visible";
import type { Room } from "../room";
import type { Sheet, Work } from "./sheet";

export function Under({ room, sheet }: { room: Room; sheet: Sheet }) {
  const { trans, app } = room;
  const ended = sheet.ended.value;
  const path = ended?.path;
  const forget = () => {
    sheet.ended.value = null;
  };
  return (
    <>
      {sheet.work.value.map((work) => (
        <Doing key={work.id} room={room} work={work} />
      ))}
      {ended && ended.problems.length > 0 && <Problems title={ended.title} problems={ended.problems} forget={forget} trans={trans} />}
      {ended && ended.problems.length === 0 && ended.text !== "" && (
        <div class="band" role="status">
          <b>{visible(ended.title, 200)}</b>
          <p>
            <Sentence>{ended.text}</Sentence>{" "}
            {path !== undefined && (
              <button type="button" class="link" onClick={() => void app.commands.execute("docmanager:open", { path })}>
                {trans.__("Open")}
              </button>
            )}
          </p>
          <Forget trans={trans} forget={forget} />
        </div>
      )}
    </>
  );
}

function Doing({ room: { trans }, work: { title, text, part, waits, cancel } }: { room: Room; work: Work }) {
  return (
    <div class="band doing">
      <b class="cut" title={visible(title)}>
        {visible(title, 200)}
      </b>
      <p role="status" class="soft">
        {visible(text, 300) || trans.__("Begun.")}
      </p>
      {!waits && <progress aria-label={visible(title, 200)} value={part ?? undefined} />}
      <button type="button" onClick={cancel}>
        {trans.__("Cancel")}
      </button>
    </div>
  );
}

interface ProblemsProps {
  readonly title: string;
  readonly problems: readonly Problem[];
  readonly forget?: () => void;
  readonly trans?: Room["trans"];
}

export function Problems({ title, problems, forget, trans }: ProblemsProps) {
  return (
    <div class="band wrong" role="alert">
      <b>{visible(title, 200)}</b>
      {problems.map(({ what, cure }, at) => (
        <p key={at}>
          <Sentence limit={1000}>{`${what} ${cure}`}</Sentence>
        </p>
      ))}
      {forget && trans && <Forget trans={trans} forget={forget} />}
    </div>
  );
}

function Forget({ trans, forget }: Pick<Room, "trans"> & { forget: () => void }) {
  return (
    <button type="button" class="quiet forget" onClick={forget} aria-label={trans.__("Dismiss")} title={trans.__("Dismiss")}>
      ×
    </button>
  );
}

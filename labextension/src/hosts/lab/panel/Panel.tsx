/** The panel's content: what is in the kernel that one works with, or why there is nothing to show. */

import type { ReadonlySignal } from "@preact/signals-core";
import { visible } from "../../../view/visible";
import type { Followed } from "../following";
import type { Room } from "../room";
import { Candidates } from "./Candidates";
import { Findings } from "./Findings";
import type { Sheet } from "./sheet";
import { Alone, Asked, Foreign, Gone, Unloaded } from "./States";
import { Traces } from "./Traces";
import { Problems, Under } from "./Work";

export interface PanelProps {
  readonly room: Room;
  readonly followed: ReadonlySignal<Followed | undefined>;
  readonly sheet: ReadonlySignal<Sheet | null>;
}

export function Panel({ room, followed, sheet }: PanelProps) {
  const now = followed.value;
  return (
    <>
      <Header room={room} followed={now} sheet={sheet.value} />
      <Body room={room} followed={now} sheet={sheet.value} />
    </>
  );
}

interface Parts {
  readonly room: Room;
  readonly followed: Followed | undefined;
  readonly sheet: Sheet | null;
}

function Header({ room, followed, sheet }: Parts) {
  if (!followed) return null;
  const { path } = followed.pane.sessionContext;
  const name = followed.pane.title.label || path;
  const status = sheet?.status.value ?? room.trans.__("no kernel");
  const said = status === "unknown" ? room.trans.__("no answer") : status;
  return (
    <header>
      <span class="cut name" title={visible(path)}>
        {visible(name, 200)}
      </span>
      <span class="soft status">{visible(said, 40)}</span>
    </header>
  );
}

function Body({ room, followed, sheet }: Parts) {
  if (!followed) return <Alone room={room} />;
  if (!sheet) return <Gone room={room} followed={followed} />;
  const state = sheet.state.value;
  if (state === "other language") return <Foreign room={room} sheet={sheet} />;
  if (state === "gone") return <Gone room={room} followed={followed} />;
  if (state === "unloaded") return <Unloaded key={sheet.talk.kernel.id} room={room} sheet={sheet} />;
  if (state === "asking") return <Asked room={room} sheet={sheet} />;
  return <Ready room={room} sheet={sheet} />;
}

function Ready({ room, sheet }: { room: Room; sheet: Sheet }) {
  const { trans } = room;
  const listing = sheet.listing.value;
  const problems = sheet.problems.value;
  return (
    <>
      {sheet.waits.value && (
        <p class="band" role="status">
          {trans.__("The kernel is busy, and answers when it is done.")} {listing && trans.__("What is shown is from before.")}
        </p>
      )}
      <Under room={room} sheet={sheet} />
      {problems.length > 0 && <Problems title={trans.__("TraceLab in the kernel")} problems={problems} />}
      {!listing && problems.length === 0 && !sheet.waits.value && (
        <p class="soft pad" role="status">
          {trans.__("Asking the kernel.")}
        </p>
      )}
      {listing && (
        <>
          <Traces room={room} sheet={sheet} traces={listing.traces} />
          {sheet.chosen.value && <Findings room={room} sheet={sheet} />}
          <Candidates room={room} sheet={sheet} listing={listing} />
        </>
      )}
    </>
  );
}

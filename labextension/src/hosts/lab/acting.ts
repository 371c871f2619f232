/** What the commands do with a Trace: the one that is named, else the one that is chosen in the panel. */

import type { Living } from "../../schema";
import { keep } from "./keeping";
import { sheetOf } from "./panel/sheet";
import type { Named, Room } from "./room";
import type { Talk } from "./asks";
import { openViewer, reopenViewer } from "./viewers";

export type Act = "open-viewer" | "rerun" | "search" | "export-report" | "save";

export async function act(room: Room, what: Act, named: Named): Promise<void> {
  const { trans } = room;
  const { trace: known, name = "", path, key } = named;
  if (known && path && key) return reopenViewer(room, { trace: known, name, path, key });
  const kernel = room.following.value?.kernel;
  const talk = (named.kernel && room.speaker(named.kernel)) || (kernel && room.talkOf(kernel));
  const trace = talk && (named.trace || (await chosenIn(talk))?.id);
  if (!talk || !trace) {
    room.lent.apputils.Notification.info(trans.__("There is no Trace in the kernel that you work with: trace something first."), { autoClose: 5000 });
    return;
  }
  if (named.trace) choose(talk, named.trace, named.finding);
  if (what === "open-viewer") openViewer(room, talk, trace, named);
  else if (what === "rerun") openViewer(room, talk, trace, { ...named, form: true });
  else {
    const work = what === "search" ? sheetOf(talk).begin(trans.__("Search longer"), "search", { trace, seconds: SECONDS }) : keep(room, talk, trace, what === "save" ? "save" : "report");
    await work;
    if (!room.visible.value) tell(room, talk);
  }
}

const SECONDS = "10";

/** What one does something with is what the panel shows. */
function choose(talk: Talk, trace: string, finding: string | undefined): void {
  const sheet = sheetOf(talk);
  sheet.choose(trace);
  if (finding !== undefined) sheet.finding.value = finding;
}

/** Where the panel has not been shown, it knows of none yet. */
async function chosenIn(talk: Talk): Promise<Living | undefined> {
  const { chosen } = sheetOf(talk);
  if (chosen.value) return chosen.value;
  return new Promise((resolve) => {
    talk.ask({ what: "list" }, ({ state, listing }) => {
      if (state !== "queued" && state !== "running") resolve(listing?.traces[0]);
    });
  });
}

/** How it ended, for who does not see the panel. */
function tell({ lent: { apputils: { Notification } } }: Room, talk: Talk): void {
  const ended = sheetOf(talk).ended.value;
  if (!ended) return;
  const { title, text, problems: [problem] } = ended;
  if (problem) Notification.error(`${title}: ${problem.what} ${problem.cure}`, { autoClose: 10_000 });
  else Notification.success(`${title}: ${text}`, { autoClose: 5000 });
}

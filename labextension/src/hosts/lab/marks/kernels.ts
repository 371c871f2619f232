/** What each kernel says is frozen: asked when it has TraceLab, and again when its Traces have changed. */

import type { Talk } from "../talk";
import { type Watched, watched } from "../watched";
import type { Heard } from "./matching";

const known = new WeakMap<Talk, Watched<Heard>>();

/** The same list for a kernel, always. Nothing is asked while marks are not wanted. */
export function markedBy(talk: Talk, wanted: Watched<boolean>): Watched<Heard> {
  const made = known.get(talk) ?? following(talk, wanted);
  known.set(talk, made);
  return made;
}

function following(talk: Talk, wanted: Watched<boolean>): Watched<Heard> {
  const nothing: Heard = { kernel: talk.kernel.id, marked: [] };
  const heard = watched(nothing);
  let [asks, again] = [false, false];
  const look = () => {
    if (!wanted.value || talk.state.value !== "ready") return heard.set(nothing);
    again = asks;
    if (asks) return;
    asks = true;
    talk.ask({ what: "marks" }, (reply) => {
      if (reply.state === "queued" || reply.state === "running") return;
      asks = false;
      if (again) look();
      else if (reply.state === "done" && wanted.value) heard.set({ ...nothing, marked: reply.marked });
    });
  };
  talk.listen(({ what }) => {
    if (what === "traces") look();
  });
  talk.state.watch(look);
  wanted.watch(look);
  look();
  return heard;
}

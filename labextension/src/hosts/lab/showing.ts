/** What stands in a viewer's tab: a Trace that lives in a kernel and, after it, the one that gets its name. */

import type { Living } from "../../schema";
import type { Asking } from "../../view/asking";
import type { Talk } from "./asks";
import { drawnIn } from "./drawing";
import { type Now, nowOf } from "./now";
import type { Room } from "./room";
import { fateOf, type Held, tracesOf } from "./traces";

export interface Wanted {
  /** The id of a finding. */
  readonly finding?: string;
  /** Whether the form is to be open. */
  readonly form?: boolean;
}

/** The tab around it. */
export interface Tab {
  /** What is known of the Trace that is shown. */
  titled(living: Living, name: string): void;
  /** The way to another tab that shows the Trace, if one does. */
  elsewhere(trace: string): (() => void) | undefined;
  /** A Trace was made of this one, without what was wrong. */
  repaired(trace: string): void;
}

export interface Showing {
  readonly held: Held;
  readonly talk: Talk | undefined;
  /** Has the Trace from this kernel, from now on. */
  take(talk: Talk): void;
  show(wanted: Wanted): void;
  end(): void;
}

export function showingIn(room: Room, node: HTMLElement, first: Held, tab: Tab): Showing {
  const { trans } = room;
  const drawn = drawnIn(node, trans.__("Asking the kernel for the Trace."));
  const { note } = drawn;
  let { trace, name } = first;
  let now: Now | undefined;
  let isNewest = true;
  let leave = () => {};
  const say = () => {
    const what = trans.__("The kernel does not have this Trace any more.");
    drawn.say(name === "" ? what : `${what} ${trans.__("The next one that is called %1 is shown here.", name)}`);
  };
  const go = (talk: Talk, next: string) => {
    [trace, isNewest, note.value] = [next, true, null];
    now?.end();
    now = nowOf(room, talk, trace, now?.asking, { drawn, gone: say, repaired: tab.repaired });
  };
  const offer = (talk: Talk, newer: Living, isThere: boolean) => {
    const other = tab.elsewhere(newer.id);
    const over = () => {
      go(talk, newer.id);
      tab.titled(newer, name);
    };
    if (isNewest && !other && now && !isInUse(now.asking)) return over();
    isNewest = false;
    const text = isThere
      ? trans.__("%1 is a new Trace.", name)
      : trans.__("%1 is a new Trace. The one that is shown is gone from the kernel, and cannot be run.", name);
    note.value = { text, act: { label: trans.__("Show it"), run: other ?? over } };
  };
  const look = (talk: Talk, traces: readonly Living[]) => {
    const fate = fateOf({ trace, name }, traces);
    const isThere = traces.some(({ id }) => id === trace);
    if (fate.how === "newer") offer(talk, fate.trace, isThere);
    else if (fate.how === "own") {
      ({ name } = fate.trace);
      [isNewest, note.value] = [true, null];
      tab.titled(fate.trace, name);
    } else {
      // Where the Trace is gone too, that is what is said.
      note.value = isThere ? { text: trans.__("No variable is called %1 any more. What it held is shown.", name) } : null;
    }
  };
  return {
    get held() {
      return { trace, name };
    },
    get talk() {
      return now?.talk;
    },
    take: (talk) => {
      leave();
      // First what it is called: where its name means another by now, it is not said to be gone.
      const unheard = tracesOf(talk, (traces) => look(talk, traces));
      const unwatched = talk.state.watch((state) => {
        if (state !== "ready") note.value = null;
      });
      leave = () => {
        unheard();
        unwatched();
      };
      go(talk, trace);
    },
    show: (wanted) => {
      if (wanted.form && now && !now.asking.open.value) now.asking.toggle();
      if (wanted.finding !== undefined) drawn.goTo(wanted.finding);
    },
    end: () => {
      leave();
      now?.end();
      drawn.end();
    },
  };
}

/** Whether a person has filled in the form, or waits for what was begun: then nothing is taken away. */
function isInUse({ work, open, touched }: Asking): boolean {
  return work.peek() !== null || (open.peek() && touched.peek());
}

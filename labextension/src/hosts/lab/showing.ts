/** What stands in a viewer's tab: a Trace that lives in a kernel and, after it, the one that gets its name. */

import { effect, untracked } from "@preact/signals-core";
import type { Living } from "../../schema";
import { type Asking, askingOf } from "../../view/asking";
import type { Talk } from "./asks";
import { type Drawn, drawnIn } from "./drawing";
import { lifeOf } from "./life";
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
  const offer = (talk: Talk, { id }: Living) => {
    const other = tab.elsewhere(id);
    if (isNewest && !other && now && !isInUse(now.asking)) {
      go(talk, id);
      return;
    }
    isNewest = false;
    note.value = { text: trans.__("%1 is a new Trace.", name), act: { label: trans.__("Show it"), run: other ?? (() => go(talk, id)) } };
  };
  const look = (talk: Talk, traces: readonly Living[]) => {
    const fate = fateOf({ trace, name }, traces);
    if (fate.how === "newer") offer(talk, fate.trace);
    else if (fate.how === "own") {
      ({ name } = fate.trace);
      [isNewest, note.value] = [true, null];
    } else {
      // Where the Trace is gone too, that is what is said.
      const isThere = traces.some(({ id }) => id === trace);
      note.value = isThere ? { text: trans.__("No variable is called %1 any more. What it held is shown.", name) } : null;
    }
    const shown = traces.find(({ id }) => id === trace);
    if (shown) tab.titled(shown, name);
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
      leave = tracesOf(talk, (traces) => look(talk, traces));
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

/** A Trace in a kernel, as it is shown at the moment. */
interface Now {
  readonly talk: Talk;
  readonly asking: Asking;
  end(): void;
}

interface Around {
  readonly drawn: Drawn;
  gone(): void;
  repaired(trace: string): void;
}

/** @param before The form of the Trace that was shown before: what stands in it stays. */
function nowOf({ trans }: Room, talk: Talk, trace: string, before: Asking | undefined, { drawn, gone, repaired }: Around): Now {
  const life = lifeOf(talk, trace, {
    whole: (bytes, added) => drawn.draw({ bytes, added, asking, kernel: talk.kernel.id }),
    runs: drawn.add,
    late: () => drawn.say(trans.__("The kernel is busy, and has not answered yet: the Trace comes when it has.")),
  });
  const asking = askingOf(life.line, before);
  if (before?.open.peek()) asking.toggle();
  const look = () => {
    if (life.isAlive.value === false || talk.state.value === "unloaded") gone();
  };
  const ends = [
    talk.state.watch(look),
    effect(look),
    effect(() => {
      const { applied } = asking.mending.value;
      if (applied) untracked(() => repaired(applied.trace));
    }),
  ];
  return {
    talk,
    asking,
    end: () => {
      for (const end of ends) end();
      asking.dispose();
      life.end();
    },
  };
}

/** Whether a person has filled in the form, or waits for what was begun: then nothing is taken away. */
function isInUse({ work, open, touched }: Asking): boolean {
  return work.peek() !== null || (open.peek() && touched.peek());
}

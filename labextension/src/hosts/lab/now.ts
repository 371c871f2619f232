/** A Trace in a kernel, as a viewer shows it at the moment: its document, and the form that runs it again. */

import { effect, untracked } from "@preact/signals-core";
import { type Asking, askingOf } from "../../view/asking";
import type { Talk } from "./asks";
import type { Drawn } from "./drawing";
import { lifeOf } from "./life";
import type { Room } from "./room";

export interface Now {
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
export function nowOf({ trans }: Room, talk: Talk, trace: string, before: Asking | undefined, { drawn, gone, repaired }: Around): Now {
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

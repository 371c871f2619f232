/** A Trace that lives in a kernel: its document, as it changes, and the line by which it is run again. */

import { computed, type ReadonlySignal, signal } from "@preact/signals-core";
import type { Told } from "../../schema";
import type { Line } from "../../view/asking";
import { GONE } from "../line";
import type { Talk } from "./asks";

export interface Life {
  /** null as long as nobody knows. */
  readonly isAlive: ReadonlySignal<boolean | null>;
  readonly line: Line;
  end(): void;
}

interface Hearing {
  /** Another document, with the Runs that were made after it. */
  whole(bytes: Uint8Array, runs: readonly Uint8Array[]): void;
  /** All Runs that were made after the document, those of before too. */
  runs(runs: readonly Uint8Array[]): void;
  /** The kernel is busy, and has not answered yet. */
  late?(): void;
}

export function lifeOf(talk: Talk, trace: string, to: Hearing): Life {
  const why = signal<string | null>(null);
  let known = -1;
  let runs: readonly Uint8Array[] = [];
  let stop: (() => void) | undefined;
  let isStale = false;
  const hear = (revision: number, isWhole: boolean, buffers: readonly Uint8Array[]) => {
    const [first, ...rest] = buffers;
    known = revision;
    if (isWhole && first) {
      runs = rest;
      to.whole(first, runs);
    } else if (buffers.length > 0) {
      runs = [...runs, ...buffers];
      to.runs(runs);
    }
    why.value = "";
  };
  const ask = () => {
    if (talk.state.value !== "ready") return;
    if (stop) {
      isStale = true;
      return;
    }
    stop = talk.ask({ what: "document", trace, known }, ({ state, sent, problems: [problem] }, buffers) => {
      if (state === "queued" || state === "running") return;
      stop = undefined;
      if (state === "done" && sent) hear(sent.revision, sent.whole, buffers);
      else why.value = problem ? `${problem.what.replace(/\.?$/, ".")} ${problem.cure}` : GONE;
      if (isStale) {
        isStale = false;
        ask();
      }
    }, to.late);
  };
  // What the kernel does not have any more it will not have again.
  const told = ({ what }: Told) => {
    if (what === "traces" && why.value === "") ask();
  };
  const look = () => {
    if (talk.state.value === "ready") ask();
    else if (why.value !== null || talk.state.value === "gone") why.value = GONE;
  };
  const ends = [talk.state.watch(look), talk.listen(told)];
  look();
  return {
    isAlive: computed(() => (why.value === null ? null : why.value === "")),
    line: {
      gone: computed(() => why.value ?? ""),
      ask: (request, heard) => void talk.ask({ ...request, trace }, heard),
    },
    end: () => {
      stop?.();
      for (const end of ends) end();
    },
  };
}

/** What TraceLab does in kernels that takes its time, for the status bar. */

import type { Asks, Heard } from "./asks";
import { type Settable, type Watched, watched } from "./watched";

export interface Doing {
  readonly id: string;
  /** What a kernel says of it; empty before it does. */
  readonly text: string;
  /** From 0 to 1; null where nobody knows. */
  readonly part: number | null;
}

const SLOW: ReadonlySet<string> = new Set(["rerun", "search", "trace", "report", "save"]);
const all: Settable<readonly Doing[]> = watched<readonly Doing[]>([]);

/** In the order in which they were begun. */
export const doings: Watched<readonly Doing[]> = all;

/** It is there until `over` is told of the same id. */
export function doing(one: Doing): void {
  const isKnown = all.value.some(({ id }) => id === one.id);
  all.set(isKnown ? all.value.map((each) => (each.id === one.id ? one : each)) : [...all.value, one]);
}

export function over(id: string): void {
  if (all.value.some((each) => each.id === id)) all.set(all.value.filter((each) => each.id !== id));
}

/** Who hears a request, and the status bar with it. */
export function noted(request: Asks & { readonly id: string }, heard: Heard): Heard {
  if (!SLOW.has(request.what)) return heard;
  doing({ id: request.id, text: "", part: null });
  return (reply, buffers) => {
    if (reply.state === "queued" || reply.state === "running") doing({ id: reply.id, text: reply.text, part: reply.part });
    else over(reply.id);
    heard(reply, buffers);
  };
}

/** The Traces of a kernel and the names that they have, for who has a viewer open. */

import type { Living } from "../../schema";
import type { Talk } from "./asks";

/** Hears of them at once, and whenever one of them, or a variable, may have changed; until what is returned is called. */
export function tracesOf(talk: Talk, heard: (traces: readonly Living[]) => void): () => void {
  let stop: (() => void) | undefined;
  let isStale = false;
  const ask = () => {
    isStale = stop !== undefined;
    if (stop || talk.state.value !== "ready") return;
    stop = talk.ask({ what: "traces" }, ({ state, listing }) => {
      if (state === "queued" || state === "running") return;
      stop = undefined;
      if (isStale) ask();
      else if (listing) heard(listing.traces);
    });
  };
  const ends = [talk.state.watch(ask), talk.listen(ask)];
  ask();
  return () => {
    stop?.();
    for (const end of ends) end();
  };
}

/** What a viewer shows, and the name that it was opened under; empty for none. */
export interface Held {
  readonly trace: string;
  readonly name: string;
}

/** `newer`: the name means another Trace now. `own`: the Trace has a name. `lost`: nothing has the name. */
export type Fate =
  | { readonly how: "newer"; readonly trace: Living }
  | { readonly how: "own"; readonly trace: Living }
  | { readonly how: "lost" };

/** What has become of it. A Trace that is known by another name now, and whose own means nothing, was renamed. */
export function fateOf({ trace, name }: Held, traces: readonly Living[]): Fate {
  const newer = traces.find((one) => name !== "" && one.name === name && one.id !== trace);
  if (newer) return { how: "newer", trace: newer };
  const own = traces.find(({ id }) => id === trace);
  return own && (own.name !== "" || name === "") ? { how: "own", trace: own } : { how: "lost" };
}

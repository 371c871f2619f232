/** What is worked out of a graph's columns once, when somebody first asks. */

import type { GraphColumns } from "./types";

export function once<T>(build: (columns: GraphColumns) => T): (columns: GraphColumns) => T {
  const known = new WeakMap<GraphColumns, T>();
  return (columns) => {
    const old = known.get(columns);
    if (old !== undefined) return old;
    const made = build(columns);
    known.set(columns, made);
    return made;
  };
}

/** Sorts 0 ... keys.length - 1 by their keys and keeps their order; `start[k]` is where key k begins in `list`. */
export function grouped(keys: ArrayLike<number>, groups: number, count = keys.length): Grouped {
  const start = new Uint32Array(groups + 1);
  for (let i = 0; i < count; i++) start[keys[i]! + 1]!++;
  for (let g = 0; g < groups; g++) start[g + 1]! += start[g]!;
  const next = start.slice(0, groups);
  const list = new Uint32Array(count);
  for (let i = 0; i < count; i++) list[next[keys[i]!]!++] = i;
  return { start, list };
}

export interface Grouped {
  readonly start: Uint32Array;
  readonly list: Uint32Array;
}

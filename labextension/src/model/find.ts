/** The search: nodes and modules whose texts hold every word of the query, the nearest first. */

import type { GraphIndex } from "./types";

export interface Found {
  readonly nodes: number[];
  readonly scopes: number[];
}

/** How near a text is: 0 the query itself, 1 its beginning, 2 somewhere in it. */
const FAR = 3;

export function find(graph: GraphIndex, query: string, limit: number): Found {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (words.length === 0 || limit <= 0) return { nodes: [], scopes: [] };
  const { columns } = graph;
  const near = words.map((word) => nearness(graph.strings, word));
  return {
    nodes: nearest(graph.nodes, near, [columns.name, columns.label, columns.target, columns.spec], 0, limit),
    scopes: nearest(graph.scopes, near, [columns.title, columns.fqn, columns.type], 1, limit),
  };
}

/** Of each text in the table, so that a text that a thousand nodes share is looked at once. */
function nearness(strings: readonly string[], word: string): Uint8Array {
  return Uint8Array.from(strings, (text) => {
    const at = text.toLowerCase().indexOf(word);
    return at < 0 ? FAR : at > 0 ? 2 : text.length === word.length ? 0 : 1;
  });
}

function nearest(
  count: number,
  words: readonly Uint8Array[],
  texts: readonly Uint32Array[],
  from: number,
  limit: number,
): number[] {
  const found: number[][] = [[], [], []];
  for (let one = from; one < count; one++) {
    let worst = 0;
    for (const near of words) {
      let best = FAR;
      for (const column of texts) best = Math.min(best, near[column[one]!] ?? FAR);
      worst = Math.max(worst, best);
    }
    if (worst < FAR && found[worst]!.length < limit) found[worst]!.push(one);
  }
  return found.flat().slice(0, limit);
}

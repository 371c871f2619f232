/** Which nodes each line of source recorded. */

import type { GraphIndex } from "../model/types";

const PLACEHOLDER = 0;
const GET_ATTR = 1;

export interface Lines {
  /** The nodes of a line in the order of recording, ghosts among them. */
  nodes(file: number, line: number): readonly number[];
  /** How many operations the line has in the program. */
  count(file: number, line: number): number;
  /** The lines of a file that recorded anything, in order. */
  recorded(file: number): readonly number[];
}

export function linesOf(graph: GraphIndex): Lines {
  const { op, range, ghost, file: files, first } = graph.columns;
  const byFile = new Map<number, Map<number, number[]>>();
  for (let node = 0; node < graph.nodes; node++) {
    const place = range[node]!;
    if (place === 0 || op[node] === PLACEHOLDER || op[node] === GET_ATTR) continue;
    const lines = entry(byFile, files[place]!, () => new Map<number, number[]>());
    entry(lines, first[place]!, () => []).push(node);
  }
  const nodes = (file: number, line: number): readonly number[] => byFile.get(file)?.get(line) ?? [];
  return {
    nodes,
    count: (file, line) => nodes(file, line).reduce((sum, node) => sum + (ghost[node] ? 0 : 1), 0),
    recorded: (file) => [...(byFile.get(file)?.keys() ?? [])].sort((a, b) => a - b),
  };
}

/** The node after the one that is selected, among those of a line; the first where none of them is. */
export function nextOf(nodes: readonly number[], selected: number | null): number | null {
  if (nodes.length === 0) return null;
  const at = selected === null ? -1 : nodes.indexOf(selected);
  return nodes[(at + 1) % nodes.length]!;
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** What is open when a graph is first shown: as much as can be read at a glance, and what is around the worst finding. */

import type { GraphIndex, Opened } from "./types";

/** So many boxes can be read at a glance. */
export const READABLE = 48;

/**
 * Opens module after module from the outside in while the drawing stays readable.
 *
 * @param graph the graph
 * @param node where the worst finding is: the modules around it are opened even where that is more
 */
export function opening(graph: GraphIndex, node?: number): Opened {
  const start = node === undefined ? graph.nothing() : graph.revealing(graph.nothing(), node);
  const scopes = new Set(start.scopes);
  const closed: number[] = [];
  let boxes = graph.own(0).length;
  const enter = (scope: number) => {
    for (const child of shown(graph, scope, start)) {
      if (scopes.has(child)) {
        boxes += graph.own(child).length;
        enter(child);
      } else {
        boxes++;
        if (graph.fold(child) === null) closed.push(child);
      }
    }
  };
  enter(0);
  for (let at = 0; at < closed.length && at < READABLE; at++) {
    const scope = closed[at]!;
    const inner = shown(graph, scope, start);
    const more = graph.own(scope).length + inner.length - 1;
    if (boxes + more > READABLE) continue;
    boxes += more;
    scopes.add(scope);
    closed.push(...inner.filter((child) => graph.fold(child) === null));
  }
  return { scopes, folds: start.folds };
}

/** What stands in an open scope: its modules, of a closed fold only the first. */
function shown(graph: GraphIndex, scope: number, opened: Opened): readonly number[] {
  return graph.children(scope).filter((child) => {
    const fold = graph.fold(child);
    return graph.size(child) > 0 && (fold === null || fold.first === child || opened.folds.has(fold.first));
  });
}

/** A small graph with a scene laid out by hand, for the tests of the drawing. */

import type { GraphColumns, GraphIndex, Scene } from "../../src/model/types";
import type { Shown, ShownFinding, ShownRegion } from "../../src/schema";

export interface Box {
  readonly kind: number;
  readonly ref: number;
  readonly parent?: number;
  readonly at: readonly [number, number, number, number];
  readonly times?: number;
  readonly mark?: number;
  readonly marks?: number;
}

export function sceneOf(boxes: readonly Box[], edges: readonly (readonly [number, number])[] = []): Scene {
  const ends = edges.map(([from, to]) => [bottom(boxes[from]!), top(boxes[to]!)] as const);
  return {
    count: boxes.length,
    kind: Uint8Array.from(boxes, (box) => box.kind),
    ref: Uint32Array.from(boxes, (box) => box.ref),
    times: Uint32Array.from(boxes, (box) => box.times ?? 1),
    parent: Int32Array.from(boxes, (box) => box.parent ?? -1),
    x: Float32Array.from(boxes, (box) => box.at[0]),
    y: Float32Array.from(boxes, (box) => box.at[1]),
    w: Float32Array.from(boxes, (box) => box.at[2]),
    h: Float32Array.from(boxes, (box) => box.at[3]),
    mark: Uint32Array.from(boxes, (box) => box.mark ?? 0),
    marks: Uint32Array.from(boxes, (box) => box.marks ?? (box.mark ? 1 : 0)),
    from: Uint32Array.from(edges, ([from]) => from),
    to: Uint32Array.from(edges, ([, to]) => to),
    bends: Uint32Array.from({ length: edges.length + 1 }, (_, at) => 2 * at),
    points: Float32Array.from(ends.flat(2)),
    width: Math.max(0, ...boxes.map((box) => box.at[0] + box.at[2])),
    height: Math.max(0, ...boxes.map((box) => box.at[1] + box.at[3])),
  };
}

function top({ at: [x, y, w] }: Box): readonly [number, number] {
  return [x + w / 2, y];
}

function bottom({ at: [x, y, w, h] }: Box): readonly [number, number] {
  return [x + w / 2, y + h];
}

export interface Node {
  readonly label: string;
  readonly scope?: number;
  readonly spec?: string;
  readonly op?: number;
  readonly ghost?: boolean;
}

export interface Scope {
  readonly title: string;
  readonly parent?: number;
  /** The first scope of its fold. */
  readonly fold?: number;
}

/** Only what the drawing asks of a graph. Scope 0 is there without being named. */
export function graphOf(
  nodes: readonly Node[],
  scopes: readonly Scope[] = [],
  regions: readonly ShownRegion[] = [],
): GraphIndex {
  const strings = [""];
  const text = (of: string | undefined) => (of ? strings.push(of) - 1 : 0);
  const all: readonly Scope[] = [{ title: "" }, ...scopes];
  const none = new Uint32Array(Math.max(nodes.length, all.length));
  const columns: GraphColumns = {
    op: Uint8Array.from(nodes, (node) => node.op ?? 2),
    target: none,
    label: Uint32Array.from(nodes, (node) => text(node.label)),
    form: none,
    name: none,
    spec: Uint32Array.from(nodes, (node) => text(node.spec)),
    scope: Uint32Array.from(nodes, (node) => node.scope ?? 0),
    range: none,
    id: none,
    ghost: Uint8Array.from(nodes, (node) => (node.ghost ? 1 : 0)),
    mark: none,
    start: new Uint32Array(nodes.length + 1),
    back: none,
    parent: Uint32Array.from(all, (scope) => scope.parent ?? 0),
    title: Uint32Array.from(all, (scope) => text(scope.title)),
    fqn: none,
    type: none,
    call: none,
    scope_range: none,
    same: none,
    file: none,
    first: none,
    last: none,
  };
  const members = (first: number) => all.filter((scope) => scope.fold === first).length;
  return {
    columns,
    about: {
      method: "forward",
      complete: true,
      nodes: nodes.length,
      scopes: all.length,
      columns: {},
      regions,
      inputs: [],
      outputs: 1,
    },
    strings,
    nodes: nodes.length,
    scopes: all.length,
    size: (scope: number) => nodes.filter((node) => node.scope === scope).length,
    fold: (scope: number) => (all[scope]?.fold ? { first: all[scope].fold, count: members(all[scope].fold) } : null),
  } as unknown as GraphIndex;
}

export function shownOf(findings: readonly Partial<ShownFinding>[] = []): Shown {
  return { title: "a test", findings, runs: [], files: [], graphs: [], strings: [""] } as unknown as Shown;
}

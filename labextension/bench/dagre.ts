/** The same boxes laid out by dagre, one by one from the innermost outwards, every edge drawn: what others do. */

import dagre from "@dagrejs/dagre";
import { levelsOf } from "../src/model/layout/levels";
import { HEADER, PAD, sizesOf } from "../src/model/layout/sizes";
import { isOpenKind, visibleOf } from "../src/model/layout/visible";
import type { GraphIndex, Opened, Scene } from "../src/model/types";
import { crossings } from "./crossings";

interface Box {
  readonly nodes: Map<number, { w: number; h: number }>;
  readonly edges: [number, number][];
}

interface Outcome {
  readonly crossings: number;
  readonly ms: number;
}

/** Without stubs: all edges. */
export function byDagre(graph: GraphIndex, opened: Opened, measure: (text: string) => number): Outcome {
  const visible = visibleOf(graph, opened);
  const levels = levelsOf(graph, visible);
  const { w, h } = sizesOf(graph, visible, measure);
  let [found, ms] = [0, 0];
  for (let box = visible.count - 1; box >= -1; box--) {
    if (box >= 0 && !isOpenKind(visible.kind.data[box]!)) continue;
    const part = (of: { start: { data: Int32Array }; list: { data: Int32Array } }) =>
      Array.from(of.list.data.subarray(of.start.data[box + 1]!, of.start.data[box + 2]!));
    const nodes = new Map<number, { w: number; h: number }>();
    for (const item of part(levels.itemsOf)) nodes.set(item, { w: w[item]!, h: h[item]! });
    for (const port of part(levels.portsOf)) nodes.set(levels.count + port, { w: 2, h: 0 });
    const edges = part(levels.linksOf).map((link): [number, number] => [levels.link.from.data[link]!, levels.link.to.data[link]!]);
    const done = layOutBox({ nodes, edges });
    found += done.crossings;
    ms += done.ms;
    if (box >= 0) [w[box], h[box]] = [done.width + 2 * PAD, done.height + HEADER + PAD];
  }
  return { crossings: found, ms };
}

/** With our stubs, so that only the engines are compared. Edges to the border of a box end in a point of their own there. */
export function byDagreWithStubs(scene: Scene): Outcome {
  const boxes = new Map<number, Box>();
  const boxAt = (box: number) => {
    const known: Box = boxes.get(box) ?? { nodes: new Map(), edges: [] };
    boxes.set(box, known);
    return known;
  };
  for (let item = 0; item < scene.count; item++) boxAt(scene.parent[item]!).nodes.set(item, { w: scene.w[item]!, h: scene.h[item]! });
  for (let edge = 0; edge < scene.from.length; edge++) {
    const [from, to] = [scene.from[edge]!, scene.to[edge]!];
    const box = scene.parent[to] === from ? from : scene.parent[from]!;
    const { nodes, edges } = boxAt(box);
    const port = (at: number) => {
      const key = -1 - Math.round(scene.points[2 * at]! * 16);
      nodes.set(key, { w: 2, h: 0 });
      return key;
    };
    edges.push([from === box ? port(scene.bends[edge]!) : from, to === box ? port(scene.bends[edge + 1]! - 1) - 1e9 : to]);
    if (to === box) nodes.set(edges.at(-1)![1], { w: 2, h: 0 });
  }
  let [found, ms] = [0, 0];
  for (const box of boxes.values()) {
    const done = layOutBox(box);
    found += done.crossings;
    ms += done.ms;
  }
  return { crossings: found, ms };
}

function layOutBox({ nodes, edges }: Box) {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "TB" });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const [node, { w, h }] of nodes) graph.setNode(String(node), { width: w, height: h });
  for (const [from, to] of edges) graph.setEdge(String(from), String(to));
  const before = performance.now();
  dagre.layout(graph);
  const ms = performance.now() - before;
  const lines = { from: [] as number[], to: [] as number[], bends: [0], points: [] as number[] };
  for (const { v, w } of graph.edges()) {
    lines.from.push(Number(v));
    lines.to.push(Number(w));
    for (const { x, y } of graph.edge(v, w).points ?? []) lines.points.push(x, y);
    lines.bends.push(lines.points.length / 2);
  }
  const { width = 0, height = 0 } = graph.graph();
  return { crossings: crossings(lines), ms, width: Math.max(0, width), height: Math.max(0, height) };
}

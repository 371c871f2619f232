/** A scene made ready to be drawn: what does not change until something opens or closes, worked out once. */

import { type Grid, gridOf } from "../../model/grid";
import type { GraphIndex, Scene } from "../../model/types";
import type { Shown } from "../../schema";
import type { Measure } from "./labels";
import { type Links, linksOf } from "./links";
import { LOOKS } from "./palette";
import { FOLD, MODULE, NODE, type Places, placesOf, STRETCH, STUB } from "./places";
import { type Words, wordsOf } from "./words";

/** How a box is drawn. */
export const BASE = { frame: 0, node: 1, input: 2, output: 3, ghost: 4, module: 5, fold: 6, stub: 7, stretch: 8 } as const;

/** How wide a text is, in each of the two faces. */
export interface Faces {
  readonly label: Measure;
  readonly spec: Measure;
}

export interface Drawing {
  readonly shown: Shown;
  readonly scene: Scene;
  readonly graph: GraphIndex;
  readonly grid: Grid;
  readonly places: Places;
  readonly links: Links;
  readonly base: Uint8Array;
  /** A place in LOOKS, each item's own. */
  readonly look: Uint8Array;
  /** How many frames are around it. */
  readonly depth: Uint8Array;
  /** The open modules and folds, outermost first. */
  readonly frames: readonly number[];
  words(item: number): Words;
  readonly faces: Faces;
}

export function drawingOf(scene: Scene, graph: GraphIndex, shown: Shown, faces: Faces): Drawing {
  const { count } = scene;
  const [base, look, depth] = [new Uint8Array(count), new Uint8Array(count), new Uint8Array(count)];
  const frames: number[] = [];
  const looks = shown.findings.map((finding) => LOOKS.indexOf(finding.look));
  for (let item = 0; item < count; item++) {
    const parent = scene.parent[item]!;
    depth[item] = parent < 0 ? 0 : Math.min(255, depth[parent]! + 1);
    base[item] = baseOf(scene, graph, item);
    look[item] = scene.mark[item] ? (looks[scene.mark[item]! - 1] ?? 0) : 0;
    if (base[item] === BASE.frame) frames.push(item);
  }
  const known = new Map<number, Words>();
  const words = (item: number) => {
    const old = known.get(item);
    if (old) return old;
    const made = wordsOf(graph, scene, item);
    known.set(item, made);
    return made;
  };
  const places = placesOf(scene, graph);
  return {
    shown,
    scene,
    graph,
    grid: gridOf(scene),
    places,
    links: linksOf(scene),
    base,
    look,
    depth,
    frames,
    words,
    faces,
  };
}

function baseOf(scene: Scene, graph: GraphIndex, item: number): number {
  switch (scene.kind[item]) {
    case NODE: {
      const node = scene.ref[item]!;
      if (graph.columns.ghost[node]) return BASE.ghost;
      const op = graph.columns.op[node];
      return op === 0 ? BASE.input : op === 3 ? BASE.output : BASE.node;
    }
    case MODULE:
      return BASE.module;
    case FOLD:
      return BASE.fold;
    case STUB:
      return BASE.stub;
    case STRETCH:
      return BASE.stretch;
    default:
      return BASE.frame;
  }
}

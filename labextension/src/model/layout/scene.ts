/** From places relative to boxes to places in the drawing. */

import type { Scene } from "../types";
import type { Plan } from "./index";
import { STUB } from "./visible";

/** Around the whole drawing. */
const MARGIN = 16;

export function sceneOf(plan: Plan, usesOf: (node: number) => number): Scene {
  const { visible, stub, edge, routes } = plan;
  const items = visible.count;
  const stubs = stub.box.length;
  const count = items + stubs;
  const scene = {
    count,
    kind: new Uint8Array(count),
    ref: new Uint32Array(count),
    times: new Uint32Array(count),
    parent: new Int32Array(count),
    x: new Float32Array(count),
    y: new Float32Array(count),
    w: new Float32Array(count),
    h: new Float32Array(count),
    mark: new Uint32Array(count),
    marks: new Uint32Array(count),
    from: Uint32Array.from(edge.from.data.subarray(0, edge.from.length)),
    to: Uint32Array.from(edge.to.data.subarray(0, edge.to.length)),
    bends: new Uint32Array(edge.from.length + 1),
    points: new Float32Array(routes.points.length),
    width: plan.width + 2 * MARGIN,
    height: plan.height + 2 * MARGIN,
  };
  for (const name of ["kind", "ref", "times", "parent", "mark", "marks"] as const) {
    scene[name].set(visible[name].data.subarray(0, items));
  }
  const at = origins(plan);
  scene.x.set(at.x);
  scene.y.set(at.y);
  scene.w.set(plan.w);
  scene.h.set(plan.h);
  for (let i = 0, item = items; i < stubs; i++, item++) {
    const box = stub.box.data[i]!;
    scene.kind[item] = STUB;
    scene.ref[item] = stub.node.data[i]!;
    scene.times[item] = usesOf(stub.node.data[i]!);
    scene.parent[item] = box;
    scene.x[item] = stub.x.data[i]! + originOf(at.x, box);
    scene.y[item] = stub.y.data[i]! + originOf(at.y, box);
    scene.w[item] = stub.w.data[i]!;
    scene.h[item] = stub.h.data[i]!;
  }
  placePoints(plan, at, scene.bends, scene.points);
  return scene;
}

interface Origins {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

function originOf(of: Float64Array, box: number): number {
  return box < 0 ? MARGIN : of[box]!;
}

function origins(plan: Plan): Origins {
  const x = plan.x.slice();
  const y = plan.y.slice();
  const parent = plan.visible.parent.data;
  for (let item = 0; item < plan.visible.count; item++) {
    x[item]! += originOf(x, parent[item]!);
    y[item]! += originOf(y, parent[item]!);
  }
  return { x, y };
}

function placePoints(plan: Plan, at: Origins, bends: Uint32Array, points: Float32Array): void {
  const { edge, routes } = plan;
  for (let i = 0; i < edge.from.length; i++) {
    bends[i + 1] = routes.bends.data[i]!;
    const box = edge.box.data[i]!;
    const left = originOf(at.x, box);
    const top = originOf(at.y, box);
    for (let k = bends[i]!; k < bends[i + 1]!; k++) {
      points[2 * k] = routes.points.data[2 * k]! + left;
      points[2 * k + 1] = routes.points.data[2 * k + 1]! + top;
    }
  }
}

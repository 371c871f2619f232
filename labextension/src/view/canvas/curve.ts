/** The way of an edge: a curve through its bends that never turns back on its way down. */

import type { Scene } from "../../model/types";
import type { Pen } from "./pen";

/** Adds an edge to the path. With two points it is one curve, upright at both ends. */
export function addEdge(pen: Pen, scene: Scene, edge: number, curved: boolean): void {
  const { points } = scene;
  const [first, end] = [scene.bends[edge]!, scene.bends[edge + 1]!];
  if (end - first < 2) return;
  pen.moveTo(points[2 * first]!, points[2 * first + 1]!);
  let slope = 0;
  for (let at = first + 1; at < end; at++) {
    const [x0, y0, x, y] = [points[2 * at - 2]!, points[2 * at - 1]!, points[2 * at]!, points[2 * at + 1]!];
    const next = at + 1 < end ? slopeAt(points, at) : 0;
    if (!curved || x === x0) pen.lineTo(x, y);
    else {
      const third = (y - y0) / (end - first === 2 ? 2 : 3);
      pen.bezierCurveTo(x0 + slope * third, y0 + third, x - next * third, y - third, x, y);
    }
    slope = next;
  }
}

/** The slope (x over y) at a bend, after Fritsch and Carlson: none where the edge turns from one side to the other. */
function slopeAt(points: Float32Array, at: number): number {
  const [h0, h1] = [points[2 * at + 1]! - points[2 * at - 1]!, points[2 * at + 3]! - points[2 * at + 1]!];
  if (h0 <= 0 || h1 <= 0) return 0;
  const s0 = (points[2 * at]! - points[2 * at - 2]!) / h0;
  const s1 = (points[2 * at + 2]! - points[2 * at]!) / h1;
  if (s0 * s1 <= 0) return 0;
  const mean = (s0 * h1 + s1 * h0) / (h0 + h1);
  return Math.sign(s0) * Math.min(Math.abs(s0), Math.abs(s1), Math.abs(mean) / 2) * 2;
}

/** Adds the head of an edge to the path: a small triangle on its last point. */
export function addHead(pen: Pen, scene: Scene, edge: number, size: number): void {
  const last = scene.bends[edge + 1]! - 1;
  if (last <= scene.bends[edge]!) return;
  const [x, y] = [scene.points[2 * last]!, scene.points[2 * last + 1]!];
  const up = scene.points[2 * last - 1]! > y ? -1 : 1;
  pen.moveTo(x, y);
  pen.lineTo(x - size * 0.5, y - size * up);
  pen.lineTo(x + size * 0.5, y - size * up);
  pen.closePath();
}

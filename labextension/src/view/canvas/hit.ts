/** What is under a point of the drawing. */

import { BASE, type Drawing } from "./drawing";
import { HEADER, SIGN_WIDTH } from "./frames";
import { FOLD, MODULE, OPEN_FOLD, OPEN_MODULE } from "./places";

/** `sign`: the triangle that opens and closes; `head`: the strip on top of an open module, or the whole of another box. */
export interface Hit {
  readonly item: number;
  readonly part: "sign" | "head" | "inside";
}

export function hitAt(drawing: Drawing, x: number, y: number): Hit | null {
  const item = drawing.grid.at(x, y);
  if (item < 0) return null;
  const { scene } = drawing;
  const open = drawing.base[item] === BASE.frame;
  if (open && y > scene.y[item]! + HEADER) return { item, part: "inside" };
  if (drawing.base[item] === BASE.stretch) return { item, part: "sign" };
  const sign = isHolder(drawing, item) && x < scene.x[item]! + SIGN_WIDTH;
  return { item, part: sign ? "sign" : "head" };
}

/** Whether it is something that opens and closes. */
export function isHolder(drawing: Drawing, item: number): boolean {
  const kind = drawing.scene.kind[item]!;
  return kind === MODULE || kind === OPEN_MODULE || kind === FOLD || kind === OPEN_FOLD;
}

export function isFold(drawing: Drawing, item: number): boolean {
  const kind = drawing.scene.kind[item]!;
  return kind === FOLD || kind === OPEN_FOLD;
}

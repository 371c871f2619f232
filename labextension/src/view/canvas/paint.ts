/** The drawing, from back to front. */

import { paintBoxes, paintWords } from "./boxes";
import type { Rect } from "./camera";
import { type Detail, detailAt } from "./detail";
import type { Drawing } from "./drawing";
import { paintChain, paintChosenEdges, paintEdges } from "./edges";
import type { Emphasis } from "./emphasis";
import { paintCaptions, paintFrames, paintMapNames, paintShades } from "./frames";
import { paintFlags, paintMarks, paintRings } from "./marks";
import type { Palette } from "./palette";
import type { Pen } from "./pen";

/** What reaches over the edge of a box, on the screen: marks, rings, heads, captions. */
const OVERHANG_PX = 24;

/** Draws what lies in a rectangle of the drawing; the pen's units are the drawing's. */
export function paint(
  pen: Pen,
  drawing: Drawing,
  emphasis: Emphasis,
  palette: Palette,
  rect: Rect,
  zoom: number,
): void {
  const detail = detailAt(zoom);
  const more = OVERHANG_PX / Math.min(1, zoom);
  const around = { x: rect.x - more, y: rect.y - more, w: rect.w + 2 * more, h: rect.h + 2 * more };
  const [right, bottom] = [around.x + around.w, around.y + around.h];
  const items = drawing.grid.items(around.x, around.y, right, bottom);
  const edges = drawing.grid.edges(around.x, around.y, right, bottom);
  paintFrames(pen, drawing, palette, around, detail);
  paintShades(pen, emphasis, palette, detail);
  paintEdges(pen, drawing, edges, palette, detail);
  paintChosenEdges(pen, drawing, emphasis, palette, detail);
  paintBoxes(pen, drawing, emphasis, items, palette, detail);
  paintWords(pen, drawing, emphasis, items, palette, detail);
  paintFront(pen, drawing, emphasis, items, palette, around, zoom, detail);
}

function paintFront(
  pen: Pen,
  drawing: Drawing,
  emphasis: Emphasis,
  items: Uint32Array,
  palette: Palette,
  rect: Rect,
  zoom: number,
  detail: Detail,
): void {
  if (!detail.labels) paintMapNames(pen, drawing, palette, rect, zoom);
  paintChain(pen, drawing, emphasis, palette, detail);
  paintRings(pen, drawing, emphasis, palette, detail);
  paintCaptions(pen, drawing, emphasis, palette, zoom);
  paintMarks(pen, drawing, items, palette, zoom);
  paintFlags(pen, drawing, emphasis, palette, zoom);
}

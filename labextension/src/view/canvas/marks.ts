/** What stands on the boxes and is never lost from sight: marks of findings, steps of a chain, the first divergence. */

import { spelled } from "../numbers";
import { outline } from "./boxes";
import { type Detail, LABEL_PX, markSize } from "./detail";
import { BASE, type Drawing } from "./drawing";
import type { Emphasis } from "./emphasis";
import { tab, tabHeight } from "./frames";
import { LOOKS, type Palette } from "./palette";
import { type Pen, sans } from "./pen";
import { sign } from "./signs";

export function paintMarks(pen: Pen, drawing: Drawing, items: Uint32Array, palette: Palette, zoom: number): void {
  const marked = items.filter(
    (item) => drawing.look[item] && drawing.base[item] !== BASE.frame && drawing.base[item] !== BASE.stub,
  );
  // The worst are drawn last, in front of the others.
  marked.sort((one, other) => drawing.look[one]! - drawing.look[other]!);
  for (const item of marked) paintMark(pen, drawing, item, palette, zoom);
}

function paintMark(pen: Pen, drawing: Drawing, item: number, palette: Palette, zoom: number): void {
  const { scene } = drawing;
  const look = LOOKS[drawing.look[item]!];
  if (!look) return;
  const size = markSize(zoom);
  const [w, h] = [scene.w[item]!, scene.h[item]!];
  const count = isModule(drawing, item) ? scene.marks[item]! : 1;
  const small = w < size * 2.5 || h < size * 1.5;
  const x = small
    ? scene.x[item]! + w / 2
    : scene.x[item]! + w - size * 0.35 - (drawing.base[item] === BASE.fold ? 6 : 0);
  const y = small ? scene.y[item]! + h / 2 : scene.y[item]! + size * 0.1;
  if (count > 1 && !small && size * zoom >= 9) paintCount(pen, drawing, x, y, count, look, size, palette);
  else sign(pen, look, x, y, size, palette, size * zoom >= 8);
}

/** The mark of a closed module: the worst inside, and how many nodes are marked. */
function paintCount(
  pen: Pen,
  drawing: Drawing,
  right: number,
  y: number,
  count: number,
  look: NonNullable<(typeof LOOKS)[number]>,
  size: number,
  palette: Palette,
): void {
  const text = spelled(count);
  const px = size * 0.85;
  const width = size * 1.55 + (drawing.faces.label(text) * px) / LABEL_PX;
  const left = right + size * 0.5 - width;
  pen.beginPath();
  pen.roundRect(left, y - size * 0.65, width, size * 1.3, size * 0.65);
  pen.fillStyle = palette.paper;
  pen.fill();
  pen.strokeStyle = palette.looks[look].line;
  pen.lineWidth = size * 0.08;
  pen.stroke();
  sign(pen, look, left + size * 0.68, y, size * 0.85, palette, true);
  pen.font = sans(px, 600);
  pen.textAlign = "left";
  pen.fillStyle = palette.looks[look].line;
  pen.fillText(text, left + size * 1.22, y + px * 0.36);
}

/** The outlines of what is brought out. */
export function paintRings(pen: Pen, drawing: Drawing, emphasis: Emphasis, palette: Palette, detail: Detail): void {
  ring(pen, drawing, emphasis.chain, palette.looks[emphasis.chainLook].line, 2.25 * detail.hair, 0);
  if (emphasis.first >= 0) ring(pen, drawing, [emphasis.first], palette.heat, 2.5 * detail.hair, 2);
  if (emphasis.selected >= 0) ring(pen, drawing, [emphasis.selected], palette.accent, 2 * detail.hair, 4);
}

/** The numbers of the chain's steps, and the flag of the first divergence. */
export function paintFlags(pen: Pen, drawing: Drawing, emphasis: Emphasis, palette: Palette, zoom: number): void {
  const chain = palette.looks[emphasis.chainLook].line;
  for (const [at, item] of emphasis.chain.entries()) paintStep(pen, drawing, item, at + 1, chain, palette, zoom);
  if (emphasis.first >= 0) paintFlag(pen, drawing, emphasis.first, palette, zoom);
}

function ring(pen: Pen, drawing: Drawing, items: readonly number[], colour: string, width: number, more: number): void {
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  for (const item of items) {
    pen.setLineDash(drawing.base[item] === BASE.ghost && more === 0 ? [4, 3] : []);
    pen.beginPath();
    outline(pen, drawing, item, drawing.base[item]!, more);
    pen.stroke();
  }
  pen.setLineDash([]);
}

function paintStep(
  pen: Pen,
  drawing: Drawing,
  item: number,
  step: number,
  colour: string,
  palette: Palette,
  zoom: number,
): void {
  const { scene } = drawing;
  const size = Math.max(14, Math.min(16, 10 / zoom));
  if (size * zoom < 8) return;
  const text = String(step);
  const width = Math.max(size, size * 0.55 + (drawing.faces.label(text) * 10) / LABEL_PX);
  const [x, y] = [scene.x[item]! - width * 0.5, scene.y[item]! - size * 0.4];
  pen.beginPath();
  pen.roundRect(x, y, width, size, size / 2);
  pen.fillStyle = colour;
  pen.fill();
  pen.font = sans(size * 0.7, 600);
  pen.textAlign = "center";
  pen.fillStyle = palette.paper;
  pen.fillText(text, x + width / 2, y + size * 0.75);
}

function paintFlag(pen: Pen, drawing: Drawing, item: number, palette: Palette, zoom: number): void {
  const { x, y, h } = drawing.scene;
  // Below the box: captions of regions stand above.
  const bottom = y[item]! + h[item]! + 4 + tabHeight(zoom);
  tab(pen, drawing, x[item]!, bottom, "first divergence", Number.POSITIVE_INFINITY, zoom, {
    fill: palette.heat,
    ink: palette.paper,
  });
}

function isModule(drawing: Drawing, item: number): boolean {
  return drawing.base[item] === BASE.module || drawing.base[item] === BASE.fold;
}

/** The boxes: nodes, closed modules, folds and stubs, and what is written on them. */

import { type Detail, LABEL_PX, SPEC_PX } from "./detail";
import { BASE, type Drawing } from "./drawing";
import type { Emphasis } from "./emphasis";
import { openSign, SIGN_WIDTH, softly } from "./frames";
import { ellipsis } from "./labels";
import { HEAT_STEPS, heatFill, inkOn, LOOKS, type Palette } from "./palette";
import { mono, type Pen, sans } from "./pen";

/** How far each of the two sheets behind a fold is shifted. */
const SHEET = 3;
/** A path of more boxes takes a software renderer longer than as many paths. */
const BATCH = 64;
/** More cells than any drawing has side by side. */
const CELLS = 2 ** 24;
const BUCKETS = HEAT_STEPS + 2;

/** Draws boxes of one look together: to change colours for each would cost more than to draw it. */
export function paintBoxes(
  pen: Pen,
  drawing: Drawing,
  emphasis: Emphasis,
  items: Uint32Array,
  palette: Palette,
  detail: Detail,
): void {
  const alike = new Map<number, number[]>();
  for (const item of items) {
    if (drawing.base[item] === BASE.frame) continue;
    const key = (drawing.base[item]! * LOOKS.length + drawing.look[item]!) * BUCKETS + (emphasis.heat?.[item] ?? 0);
    const group = alike.get(key);
    if (group) group.push(item);
    else alike.set(key, [item]);
  }
  for (const [key, group] of alike) {
    const heat = key % BUCKETS;
    const look = Math.floor(key / BUCKETS) % LOOKS.length;
    const base = Math.floor(key / BUCKETS / LOOKS.length);
    if (detail.boxes) paintGroup(pen, drawing, group, base, coloursOf(palette, base, look, heat), detail);
    else paintSpecks(pen, drawing, group, speckOf(palette, base, look, heat), detail);
  }
}

interface Colours {
  readonly fill: string;
  readonly line: string;
  readonly width: number;
  readonly sign: string;
}

function coloursOf(palette: Palette, base: number, look: number, heat: number): Colours {
  const found = LOOKS[look];
  const plain =
    base === BASE.module || base === BASE.fold || base === BASE.input || base === BASE.output
      ? palette.module
      : palette.box;
  const own = base === BASE.ghost || base === BASE.stub || base === BASE.stretch ? palette.paper : plain;
  const fill = heat ? heatFill(palette, heat) : found ? palette.looks[found].paper : own;
  const line = found
    ? palette.looks[found].line
    : base === BASE.ghost
      ? palette.soft
      : base === BASE.input || base === BASE.output
        ? palette.edge
        : palette.rule;
  return { fill, line, width: found ? 1.5 : 1, sign: heat > 1 ? inkOn(fill) : palette.soft };
}

function speckOf(palette: Palette, base: number, look: number, heat: number): string {
  const found = LOOKS[look];
  if (heat > 1) return heatFill(palette, heat);
  if (found) return palette.looks[found].line;
  return base === BASE.module || base === BASE.fold ? palette.edge : palette.rule;
}

function paintSpecks(pen: Pen, drawing: Drawing, group: readonly number[], fill: string, detail: Detail): void {
  const { x, y, w, h } = drawing.scene;
  const { hair } = detail;
  const filled = new Set<number>();
  pen.fillStyle = fill;
  for (const item of group) {
    if (w[item]! <= hair && h[item]! <= hair) {
      // Thousands of nodes may share a pixel: one speck stands for all of them.
      const cell = Math.floor(x[item]! / hair) + Math.floor(y[item]! / hair) * CELLS;
      if (filled.has(cell)) continue;
      filled.add(cell);
    }
    pen.fillRect(x[item]!, y[item]!, Math.max(w[item]!, hair), Math.max(h[item]!, hair));
  }
}

function paintGroup(
  pen: Pen,
  drawing: Drawing,
  group: readonly number[],
  base: number,
  colours: Colours,
  detail: Detail,
): void {
  pen.fillStyle = colours.fill;
  pen.strokeStyle = colours.line;
  pen.lineWidth = colours.width * detail.hair;
  if (base === BASE.ghost) pen.setLineDash([4, 3]);
  if (base === BASE.fold) for (const item of group) paintSheets(pen, drawing, item);
  for (let at = 0; at < group.length; at += BATCH) {
    pen.beginPath();
    for (const item of group.slice(at, at + BATCH)) outline(pen, drawing, item, base);
    pen.fill();
    pen.stroke();
  }
  pen.setLineDash([]);
  if (detail.labels && (base === BASE.module || base === BASE.fold)) {
    for (const item of group)
      openSign(pen, drawing.scene.x[item]! + 11, signY(drawing, item, detail), false, colours.sign);
  }
}

/** Adds the outline of an item to the path, wider by `more` on each side. */
export function outline(pen: Pen, drawing: Drawing, item: number, base: number, more = 0): void {
  const { scene } = drawing;
  const inset = base === BASE.fold ? 2 * SHEET : 0;
  const [x, y] = [scene.x[item]! - more, scene.y[item]! - more];
  const [w, h] = [scene.w[item]! - inset + 2 * more, scene.h[item]! - inset + 2 * more];
  if (base === BASE.output) pointed(pen, x, y, w, h);
  else pen.roundRect(x, y, w, h, radiusOf(base, h) + more);
}

function radiusOf(base: number, height: number): number {
  return base === BASE.input || base === BASE.stub || base === BASE.stretch
    ? height / 2
    : base === BASE.module || base === BASE.fold || base === BASE.frame
      ? 6
      : 4;
}

/** Where the data leaves: a box that points down. */
function pointed(pen: Pen, x: number, y: number, w: number, h: number): void {
  const nose = Math.min(7, h / 4);
  pen.moveTo(x, y);
  pen.lineTo(x + w, y);
  pen.lineTo(x + w, y + h - nose);
  pen.lineTo(x + w / 2, y + h);
  pen.lineTo(x, y + h - nose);
  pen.closePath();
}

function paintSheets(pen: Pen, drawing: Drawing, item: number): void {
  const { x, y, w, h } = drawing.scene;
  for (const shift of [2 * SHEET, SHEET]) {
    pen.beginPath();
    pen.roundRect(x[item]! + shift, y[item]! + shift, w[item]! - 2 * SHEET, h[item]! - 2 * SHEET, 6);
    pen.fill();
    pen.stroke();
  }
}

function signY(drawing: Drawing, item: number, detail: Detail): number {
  const { scene } = drawing;
  const high = scene.h[item]! - (drawing.base[item] === BASE.fold ? 2 * SHEET : 0);
  return detail.specs && twoLines(drawing, item) ? scene.y[item]! + high / 2 - 7 : scene.y[item]! + high / 2;
}

function twoLines(drawing: Drawing, item: number): boolean {
  return drawing.scene.h[item]! >= 32 && drawing.words(item).soft !== "";
}

export function paintWords(
  pen: Pen,
  drawing: Drawing,
  emphasis: Emphasis,
  items: Uint32Array,
  palette: Palette,
  detail: Detail,
): void {
  if (!detail.labels) return;
  const boxes = items.filter((item) => drawing.base[item] !== BASE.frame);
  pen.font = sans(LABEL_PX);
  for (const item of boxes) if (!isModule(drawing, item)) paintTitle(pen, drawing, emphasis, item, palette, detail);
  pen.font = sans(LABEL_PX, 600);
  for (const item of boxes) if (isModule(drawing, item)) paintTitle(pen, drawing, emphasis, item, palette, detail);
  if (!detail.specs) return;
  pen.font = mono(SPEC_PX);
  for (const item of boxes) if (!isModule(drawing, item)) paintSoft(pen, drawing, emphasis, item, palette);
  pen.font = sans(SPEC_PX);
  for (const item of boxes) if (isModule(drawing, item)) paintSoft(pen, drawing, emphasis, item, palette);
}

function isModule(drawing: Drawing, item: number): boolean {
  return drawing.base[item] === BASE.module || drawing.base[item] === BASE.fold;
}

function paintTitle(
  pen: Pen,
  drawing: Drawing,
  emphasis: Emphasis,
  item: number,
  palette: Palette,
  detail: Detail,
): void {
  const { y, h } = drawing.scene;
  const stub = drawing.base[item] === BASE.stub || drawing.base[item] === BASE.stretch;
  const text = ellipsis(drawing.words(item).title, room(drawing, item), drawing.faces.label);
  if (text === "") return;
  const high = h[item]! - (drawing.base[item] === BASE.fold ? 2 * SHEET : 0);
  const nose = drawing.base[item] === BASE.output ? 2 : 0;
  const down = detail.specs && twoLines(drawing, item) ? -3 : 4 - nose;
  pen.textAlign = isModule(drawing, item) ? "left" : "center";
  pen.fillStyle = inkOf(
    emphasis,
    item,
    palette,
    drawing.base[item] === BASE.ghost || stub ? palette.soft : palette.ink,
  );
  pen.fillText(text, textX(drawing, item), y[item]! + high / 2 + down);
}

function paintSoft(pen: Pen, drawing: Drawing, emphasis: Emphasis, item: number, palette: Palette): void {
  if (!twoLines(drawing, item)) return;
  const { y, h } = drawing.scene;
  const { soft, brief = soft } = drawing.words(item);
  const measure = isModule(drawing, item) ? softly(drawing.faces) : drawing.faces.spec;
  const whole = ellipsis(soft, room(drawing, item), measure);
  const text = whole === soft ? soft : ellipsis(brief, room(drawing, item), measure);
  if (text === "") return;
  const high = h[item]! - (drawing.base[item] === BASE.fold ? 2 * SHEET : 0);
  pen.textAlign = isModule(drawing, item) ? "left" : "center";
  pen.fillStyle = inkOf(emphasis, item, palette, palette.soft);
  pen.fillText(text, textX(drawing, item), y[item]! + high / 2 + 12 - (drawing.base[item] === BASE.output ? 2 : 0));
}

/** Text on heat is dark or light after the heat; elsewhere as it is given. */
function inkOf(emphasis: Emphasis, item: number, palette: Palette, ink: string): string {
  const heat = emphasis.heat?.[item] ?? 0;
  return heat > 1 ? inkOn(heatFill(palette, heat)) : ink;
}

function room(drawing: Drawing, item: number): number {
  const width = drawing.scene.w[item]!;
  return isModule(drawing, item)
    ? width - SIGN_WIDTH - (drawing.base[item] === BASE.fold ? 6 + 2 * SHEET : 6)
    : width - 10;
}

function textX(drawing: Drawing, item: number): number {
  const { x, w } = drawing.scene;
  return isModule(drawing, item) ? x[item]! + SIGN_WIDTH : x[item]! + w[item]! / 2;
}

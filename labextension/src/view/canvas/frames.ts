/** Open modules and folds, and the shaded regions that decisions control: all that lies behind the nodes. */

import type { Rect } from "./camera";
import type { Detail } from "./detail";
import { LABEL_PX, SPEC_PX } from "./detail";
import type { Drawing } from "./drawing";
import type { Emphasis } from "./emphasis";
import { ellipsis, type Measure, plain } from "./labels";
import type { Palette } from "./palette";
import { type Pen, sans } from "./pen";

/** The height of the strip on top of an open module, a click on whose sign closes it. */
export const HEADER = 24;
/** As wide as a caption may be on the screen, beside a region that is narrower. */
const CAPTION = 320;
/** The width of the sign that opens and closes, at the left of a module's title. */
export const SIGN_WIDTH = 20;

export function paintFrames(pen: Pen, drawing: Drawing, palette: Palette, rect: Rect, detail: Detail): void {
  const { scene } = drawing;
  pen.strokeStyle = palette.frameRule;
  pen.lineWidth = detail.hair;
  const shown = drawing.frames.filter((item) => touches(drawing, item, rect));
  for (const item of shown) {
    pen.beginPath();
    const [x, y, w, h] = [scene.x[item]!, scene.y[item]!, scene.w[item]!, scene.h[item]!];
    if (detail.boxes) pen.roundRect(x, y, w, h, 6);
    else pen.rect(x, y, w, h);
    pen.fillStyle = palette.frames[drawing.depth[item]! % 2]!;
    pen.fill();
    pen.stroke();
  }
  if (detail.labels) for (const item of shown) paintHeader(pen, drawing, item, palette, detail);
}

function paintHeader(pen: Pen, drawing: Drawing, item: number, palette: Palette, detail: Detail): void {
  const { scene, faces } = drawing;
  const { title, soft, brief = soft } = drawing.words(item);
  const [x, y] = [scene.x[item]!, scene.y[item]! + 16];
  const room = scene.w[item]! - SIGN_WIDTH - 8;
  const head = ellipsis(title, room, faces.label);
  openSign(pen, x + 11, y - 4, true, palette.soft);
  pen.textAlign = "left";
  pen.font = sans(LABEL_PX, 600);
  pen.fillStyle = palette.ink;
  if (head !== "") pen.fillText(head, x + SIGN_WIDTH, y);
  const left = room - faces.label(head) - 8;
  if (!detail.specs || head !== title || soft === "" || left < 30) return;
  pen.font = sans(SPEC_PX);
  pen.fillStyle = palette.soft;
  const tail = ellipsis(soft, left, softly(faces)) === soft ? soft : ellipsis(brief, left, softly(faces));
  if (tail !== "") pen.fillText(tail, x + SIGN_WIDTH + faces.label(head) + 8, y);
}

/** How wide a soft line of a module is: it is set in the face of titles, only smaller. */
export function softly(faces: Drawing["faces"]): Measure {
  return (text) => (faces.label(text) * SPEC_PX) / LABEL_PX;
}

/** The small triangle that points right where something can be opened, and down where it can be closed. */
export function openSign(pen: Pen, x: number, y: number, open: boolean, colour: string): void {
  pen.beginPath();
  if (open) {
    pen.moveTo(x - 4, y - 2);
    pen.lineTo(x + 4, y - 2);
    pen.lineTo(x, y + 3);
  } else {
    pen.moveTo(x - 2, y - 4);
    pen.lineTo(x + 3, y);
    pen.lineTo(x - 2, y + 4);
  }
  pen.closePath();
  pen.fillStyle = colour;
  pen.fill();
}

export function paintShades(pen: Pen, emphasis: Emphasis, palette: Palette, detail: Detail): void {
  for (const { box, look, chosen } of emphasis.shades) {
    pen.beginPath();
    pen.roundRect(box.x, box.y, box.w, box.h, 8);
    // Seen through: there may be open modules inside.
    pen.globalAlpha = chosen ? 0.4 : 0.25;
    pen.fillStyle = palette.looks[look].paper;
    pen.fill();
    pen.globalAlpha = 1;
    pen.strokeStyle = palette.looks[look].line;
    pen.lineWidth = detail.hair * (chosen ? 1.25 : 0.75);
    pen.setLineDash([4 * detail.hair, 3 * detail.hair]);
    pen.stroke();
    pen.setLineDash([]);
  }
}

/** The captions stand in front of everything, on the upper edge of what they speak of. */
export function paintCaptions(pen: Pen, drawing: Drawing, emphasis: Emphasis, palette: Palette, zoom: number): void {
  for (const { box, caption, look, chosen } of emphasis.shades) {
    if (box.w * zoom < 36) continue;
    tab(pen, drawing, box.x + 8, box.y, caption, Math.max(box.w - 16, CAPTION / zoom), zoom, {
      fill: chosen ? palette.looks[look].line : palette.looks[look].paper,
      ink: chosen ? palette.paper : palette.looks[look].line,
    });
  }
}

/** A module may begin to the left of the view, with its title: that then stands where the view begins. */
export function paintLostTitles(pen: Pen, drawing: Drawing, palette: Palette, view: Rect, zoom: number): void {
  const { scene, faces } = drawing;
  pen.font = sans(LABEL_PX, 600);
  pen.textAlign = "left";
  for (const item of drawing.frames) {
    const [x, y] = [scene.x[item]!, scene.y[item]!];
    const room = x + scene.w[item]! - view.x;
    if (x + SIGN_WIDTH >= view.x || room < 80 / zoom || y + HEADER < view.y || y > view.y + view.h) continue;
    const { title: whole, soft } = drawing.words(item);
    const title = ellipsis(whole, room - 24, faces.label);
    if (title === "") continue;
    // What is still seen of the header's own words lies below it.
    const end = x + SIGN_WIDTH + faces.label(whole) + 16 + softly(faces)(soft);
    pen.fillStyle = palette.frames[drawing.depth[item]! % 2]!;
    pen.fillRect(view.x, y + 3, Math.min(room - 2, Math.max(faces.label(title) + 20, end - view.x)), HEADER - 5);
    pen.fillStyle = palette.soft;
    pen.fillText(title, view.x + 8, y + 16);
  }
}

/** A region may be larger than the view: its caption then stands at the view's edge, as long as the region is seen. */
export function paintLostCaptions(
  pen: Pen,
  drawing: Drawing,
  emphasis: Emphasis,
  palette: Palette,
  view: Rect,
  zoom: number,
): void {
  const [high, edge] = [tabHeight(zoom), 6 / zoom];
  let bottom = view.y + edge + high;
  for (const { box, caption, look, chosen } of emphasis.shades) {
    if (box.w * zoom < 36 || (box.y - high >= view.y && box.x + 8 >= view.x)) continue;
    const left = Math.max(box.x + 8, view.x + edge);
    const [right, below] = [Math.min(box.x + box.w, view.x + view.w), box.y + box.h];
    if (right - left < 60 / zoom || below < bottom + edge || box.y > view.y + view.h) continue;
    const at = Math.max(box.y, bottom);
    tab(pen, drawing, left, at, caption, right - left - edge, zoom, {
      fill: chosen ? palette.looks[look].line : palette.looks[look].paper,
      ink: chosen ? palette.paper : palette.looks[look].line,
    });
    bottom = Math.max(bottom, at) + high + edge / 2;
  }
}

/** How high a tab is. */
export function tabHeight(zoom: number): number {
  return Math.max(11, 8.5 / zoom) * 1.4;
}

/** A small filled label, its lower edge on `bottom`, never smaller on the screen than can be read. */
export function tab(
  pen: Pen,
  drawing: Drawing,
  x: number,
  bottom: number,
  text: string,
  width: number,
  zoom: number,
  look: { readonly fill: string; readonly ink: string },
): void {
  const px = Math.max(11, 8.5 / zoom);
  const measure = (part: string) => (drawing.faces.label(part) * px) / LABEL_PX;
  const line = ellipsis(plain(text), width - px, measure);
  if (line === "") return;
  pen.fillStyle = look.fill;
  pen.beginPath();
  pen.roundRect(x, bottom - px * 1.4, measure(line) + px * 0.9, px * 1.4, px * 0.25);
  pen.fill();
  pen.font = sans(px, 600);
  pen.textAlign = "left";
  pen.fillStyle = look.ink;
  pen.fillText(line, x + px * 0.45, bottom - px * 0.34);
}

/** The names of large frames on a drawing too small for its labels, as on a map; inner names yield to outer ones. */
export function paintMapNames(pen: Pen, drawing: Drawing, palette: Palette, rect: Rect, zoom: number): void {
  const { scene, faces } = drawing;
  const px = 10.5 / zoom;
  const taken = new Map<number, Rect>();
  pen.font = sans(px, 500);
  pen.textAlign = "left";
  for (const item of drawing.frames) {
    const [x, y, w, h] = [scene.x[item]!, scene.y[item]!, scene.w[item]!, scene.h[item]!];
    // What is around a frame in sight is in sight itself, so that nothing in a name's way is missed.
    if (!touches(drawing, item, rect)) continue;
    if (w * zoom < 56 || h * zoom < 28) continue;
    const name = ellipsis(drawing.words(item).title, w - px * 0.8, (text) => (faces.label(text) * px) / LABEL_PX);
    const box = { x, y, w: px * 0.6 + (faces.label(name) * px) / LABEL_PX, h: px * 1.4 };
    if (name === "" || outerTaken(drawing, item, box, taken)) continue;
    taken.set(item, box);
    pen.fillStyle = palette.paper;
    pen.globalAlpha = 0.85;
    pen.fillRect(box.x + px * 0.15, box.y + px * 0.15, box.w, box.h - px * 0.1);
    pen.globalAlpha = 1;
    pen.fillStyle = palette.soft;
    pen.fillText(name, x + px * 0.4, y + px * 1.15);
  }
}

/** Only frames around a frame can be in its way, so that each part of the drawing is the same however it is cut. */
function outerTaken(drawing: Drawing, item: number, box: Rect, taken: ReadonlyMap<number, Rect>): boolean {
  for (let outer = drawing.scene.parent[item]!; outer >= 0; outer = drawing.scene.parent[outer]!) {
    const other = taken.get(outer);
    if (
      other &&
      box.x < other.x + other.w &&
      box.y < other.y + other.h &&
      box.x + box.w > other.x &&
      box.y + box.h > other.y
    )
      return true;
  }
  return false;
}

function touches(drawing: Drawing, item: number, rect: Rect): boolean {
  const { x, y, w, h } = drawing.scene;
  return (
    x[item]! <= rect.x + rect.w &&
    y[item]! <= rect.y + rect.h &&
    x[item]! + w[item]! >= rect.x &&
    y[item]! + h[item]! >= rect.y
  );
}

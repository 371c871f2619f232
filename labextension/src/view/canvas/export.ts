/** The whole drawing as a file. */

import type { Drawing } from "./drawing";
import type { Emphasis } from "./emphasis";
import { paintLegend } from "./legend";
import { paint } from "./paint";
import type { Palette } from "./palette";
import type { Pen } from "./pen";
import { svgPen } from "./svgpen";

const MARGIN = 24;
const LEGEND = 44;
const MOST_SIDE = 8_000;
const MOST_PIXELS = 64e6;

interface Page {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function asSvg(drawing: Drawing, emphasis: Emphasis, palette: Palette): string {
  const pen = svgPen();
  const page = pageOf(drawing, emphasis);
  paintPage(pen, page, drawing, emphasis, palette, 1);
  return pen.file(page.x, page.y, page.width, page.height, `${drawing.shown.title}: ${drawing.graph.about.method}`);
}

export async function asPng(drawing: Drawing, emphasis: Emphasis, palette: Palette): Promise<Blob> {
  const page = pageOf(drawing, emphasis);
  const scale = pngScale(page.width, page.height);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [
    Math.max(1, Math.floor(page.width * scale)),
    Math.max(1, Math.floor(page.height * scale)),
  ];
  const pen = canvas.getContext("2d", { alpha: false });
  if (!pen) throw new Error("this browser gives no 2D canvas");
  pen.setTransform(scale, 0, 0, scale, -page.x * scale, -page.y * scale);
  paintPage(pen, page, drawing, emphasis, palette, scale);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (!blob) throw new Error("the browser could not write the picture");
  return blob;
}

/** Twice life size where that stays within what browsers and other programs take. */
export function pngScale(width: number, height: number): number {
  return Math.min(2, MOST_SIDE / width, MOST_SIDE / height, Math.sqrt(MOST_PIXELS / (width * height)));
}

function pageOf({ scene }: Drawing, emphasis: Emphasis): Page {
  const foot = emphasis.heat ? LEGEND : 0;
  const width = Math.max(scene.width, emphasis.heat ? 360 : 0) + 2 * MARGIN;
  return { x: -MARGIN, y: -MARGIN, width, height: scene.height + 2 * MARGIN + foot };
}

function paintPage(pen: Pen, page: Page, drawing: Drawing, emphasis: Emphasis, palette: Palette, zoom: number): void {
  pen.fillStyle = palette.paper;
  pen.fillRect(page.x, page.y, page.width, page.height);
  paint(pen, drawing, emphasis, palette, { x: page.x, y: page.y, w: page.width, h: page.height }, zoom);
  if (emphasis.heat) paintLegend(pen, page.x + MARGIN, page.y + page.height - MARGIN / 2, palette, drawing.faces);
}

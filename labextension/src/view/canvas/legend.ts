/** What the colours of a Run mean. */

import type { Faces } from "./drawing";
import type { Size } from "./camera";
import { HEAT_STEPS, type Palette } from "./palette";
import { type Pen, sans } from "./pen";

const SWATCH = 12;
const STEP = 6;
const PADDING = 8;
const HEIGHT = 28;
const PX = 11;

/** Draws the legend with its lower left corner at a point; returns its size. */
export function paintLegend(pen: Pen, x: number, bottom: number, palette: Palette, faces: Faces): Size {
  const wide = (text: string) => (faces.label(text) * PX) / 12;
  const words = ["agrees", "differs a little", "wholly"] as const;
  const width =
    PADDING * 2 + SWATCH + 5 + wide(words[0]) + 18 + wide(words[1]) + 6 + HEAT_STEPS * STEP + 6 + wide(words[2]);
  const y = bottom - HEIGHT;
  pen.beginPath();
  pen.roundRect(x, y, width, HEIGHT, 5);
  pen.fillStyle = palette.paper;
  pen.fill();
  pen.strokeStyle = palette.frameRule;
  pen.lineWidth = 1;
  pen.stroke();
  pen.font = sans(PX);
  pen.textAlign = "left";
  let at = x + PADDING;
  const say = (text: string, colour: string, gap: number) => {
    pen.fillStyle = colour;
    pen.fillText(text, at, y + 18);
    at += wide(text) + gap;
  };
  swatch(pen, at, y + 8, SWATCH, palette.agrees, palette.rule);
  at += SWATCH + 5;
  say(words[0], palette.ink, 18);
  say(words[1], palette.ink, 6);
  palette.heatSteps.forEach((fill, step) => {
    pen.fillStyle = fill;
    pen.fillRect(at + step * STEP, y + 8, STEP, SWATCH);
  });
  at += HEAT_STEPS * STEP + 6;
  say(words[2], palette.ink, 0);
  return { width, height: HEIGHT };
}

function swatch(pen: Pen, x: number, y: number, size: number, fill: string, line: string): void {
  pen.beginPath();
  pen.rect(x, y, size, size);
  pen.fillStyle = fill;
  pen.fill();
  pen.strokeStyle = line;
  pen.stroke();
}

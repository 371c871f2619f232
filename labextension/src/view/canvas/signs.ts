/** The shapes of the looks, as in the findings: an octagon, a triangle, a disc with a tick, a disc with an i. */

import type { Look } from "../../schema";
import type { Palette } from "./palette";
import type { Pen } from "./pen";

type Line = readonly number[];
interface Sign {
  readonly outline: Line;
  readonly strokes: readonly Line[];
}

const OCTAGON: Line = [5, 0, 11, 0, 16, 5, 16, 11, 11, 16, 5, 16, 0, 11, 0, 5];
const TRIANGLE: Line = [8, 0.5, 16, 15.5, 0, 15.5];
const DISC: Line = Array.from(
  { length: 32 },
  (_, at) => 8 + 8 * (at % 2 ? Math.sin : Math.cos)((Math.PI * (at >> 1)) / 8),
);

const SIGNS: Readonly<Record<Look, Sign>> = {
  error: { outline: OCTAGON, strokes: [[4, 8, 12, 8]] },
  warning: {
    outline: TRIANGLE,
    strokes: [
      [8, 5.5, 8, 10],
      [8, 12, 8, 14],
    ],
  },
  holds: { outline: DISC, strokes: [[4.2, 8.2, 6.9, 11, 11.9, 5.4]] },
  note: {
    outline: DISC,
    strokes: [
      [8, 3.4, 8, 5.4],
      [8, 7.2, 8, 12.8],
    ],
  },
};

/** Draws a sign around a point. Very small ones are told apart by their outline alone. */
export function sign(
  pen: Pen,
  look: Look,
  x: number,
  y: number,
  size: number,
  palette: Palette,
  inside: boolean,
): void {
  const { outline, strokes } = SIGNS[look];
  const scale = size / 16;
  const [left, top] = [x - size / 2, y - size / 2];
  pen.beginPath();
  trace(pen, outline, left, top, scale);
  pen.closePath();
  pen.strokeStyle = palette.paper;
  pen.lineWidth = size * 0.18;
  pen.stroke();
  pen.fillStyle = palette.looks[look].line;
  pen.fill();
  if (!inside) return;
  pen.beginPath();
  for (const line of strokes) trace(pen, line, left, top, scale);
  pen.lineWidth = 2 * scale;
  pen.stroke();
}

function trace(pen: Pen, line: Line, left: number, top: number, scale: number): void {
  for (let at = 0; at < line.length; at += 2) {
    const [x, y] = [left + line[at]! * scale, top + line[at + 1]! * scale];
    if (at === 0) pen.moveTo(x, y);
    else pen.lineTo(x, y);
  }
}

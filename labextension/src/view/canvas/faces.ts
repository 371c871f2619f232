/** The two faces of the drawing, and how wide a text is in them. */

import { LABEL_PX, SPEC_PX } from "./detail";
import type { Faces } from "./drawing";
import { type Measure, remembered } from "./labels";
import { mono, sans } from "./pen";

export function faces(): Faces {
  const pen = document.createElement("canvas").getContext("2d");
  const wide = (font: string): Measure =>
    remembered((text) => {
      if (!pen) return text.length * 7;
      if (pen.font !== font) pen.font = font;
      return pen.measureText(text).width;
    });
  // The heavier face: what fits in it fits in the lighter one.
  return { label: wide(sans(LABEL_PX, 600)), spec: wide(mono(SPEC_PX)) };
}

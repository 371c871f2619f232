/** The two faces of the drawing, and how wide a text is in them. */

import { LABEL_PX, SPEC_PX } from "./detail";
import type { Faces } from "./drawing";
import { type Measure, remembered } from "./labels";
import { mono, sans } from "./pen";

export function faces(): Faces {
  // The heavier face: what fits in it fits in the lighter one.
  return { label: face(sans(LABEL_PX, 600)), spec: face(mono(SPEC_PX)) };
}

/** Each has a context of its own: to change a context's font costs more than to measure. */
function face(font: string): Measure {
  const pen = document.createElement("canvas").getContext("2d");
  if (pen) pen.font = font;
  return remembered((text) => pen?.measureText(text).width ?? text.length * 7);
}

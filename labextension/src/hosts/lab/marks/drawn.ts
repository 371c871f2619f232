/** What is drawn of a mark: the viewer's shapes, so that colour alone tells nothing. */

import type { Look } from "../../../schema";
import { SHAPES } from "../../../view/shapes";

const SVG = "http://www.w3.org/2000/svg";

/** The mark of a line; where a statement goes on, a bar. */
export function markOf(look: Look, isFirst: boolean): HTMLElement {
  const mark = document.createElement("div");
  mark.className = isFirst ? "tracelab-mark" : "tracelab-mark tracelab-on";
  mark.dataset.look = look;
  if (isFirst) mark.append(shapeOf(look));
  return mark;
}

export function shapeOf(look: Look): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("tracelab-shape");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SHAPES[look]);
  path.setAttribute("fill-rule", "evenodd");
  svg.append(path);
  return svg;
}

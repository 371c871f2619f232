/** How large things are drawn, in CSS pixels at zoom 1. */

import type { GraphIndex } from "../types";
import { CLOSED_FOLD, CLOSED_MODULE, NODE, STRETCH, type Visible } from "./visible";

/** The strip on top of an open box that bears its title. What is inside begins below it. */
export const HEADER = 24;
/** Between the border of an open box and what it holds. */
export const PAD = 14;
export const NODE_HEIGHT = 34;
export const BARE_HEIGHT = 24;
export const MODULE_HEIGHT = 40;
export const FOLD_HEIGHT = 46;
export const STUB_HEIGHT = 18;

/** Between neighbours in a row: boxes, a box and a line, lines. */
export const BESIDE = 20;
export const BESIDE_LINE = 12;
export const LINES_APART = 8;

/** Between two rows: the least, and what each edge adds, up to a limit. */
export const BELOW = 24;
export const BELOW_EDGE = 2;
export const BELOW_MOST = 56;

/** Between the columns of a wrapped box, and between the lines that change column. */
export const GUTTER = 32;
export const LANE = 5;

/** Of what a fold says of the nodes between its modules: `+ 2 nodes each`. */
const BETWEEN = 92;
const STRETCH_WIDTH = 112;
const LEAST = 44;
const MOST = 220;
/** The softer second line of a box is set in a smaller size. */
const SOFT = 0.95;
/** No wider text is ever shown, so no longer one is measured. */
const LONGEST = 80;

export type Measure = (text: string) => number;

/** The widths and heights of all visible items; of open boxes only what their titles need. */
export function sizesOf(graph: GraphIndex, visible: Visible, measure: Measure): { w: Float64Array; h: Float64Array } {
  const w = new Float64Array(visible.count);
  const h = new Float64Array(visible.count);
  const wide = widths(graph.strings, measure);
  const { label, target, spec, title, type } = graph.columns;
  for (let item = 0; item < visible.count; item++) {
    const kind = visible.kind.data[item]!;
    const ref = visible.ref.data[item]!;
    if (kind === NODE) {
      w[item] = clamp(Math.max(wide(label[ref] || target[ref]!), SOFT * wide(spec[ref]!)) + 20);
      h[item] = spec[ref] ? NODE_HEIGHT : BARE_HEIGHT;
    } else if (kind === STRETCH) {
      w[item] = STRETCH_WIDTH;
      h[item] = BARE_HEIGHT;
    } else {
      const times = kind === CLOSED_FOLD ? 46 : 0;
      const soft = wide(type[ref]!) + (kind === CLOSED_FOLD && graph.gap(ref) > 0 ? BETWEEN : 0);
      // Beside a module's title stand the sign that opens it and, below, its type and how much it holds.
      w[item] = clamp(Math.max(wide(title[ref]!), SOFT * soft + (times ? 0 : 66)) + 34 + times);
      h[item] = kind === CLOSED_MODULE ? MODULE_HEIGHT : FOLD_HEIGHT;
    }
  }
  return { w, h };
}

export function stubWidth(graph: GraphIndex, measure: Measure): (node: number) => number {
  const wide = widths(graph.strings, measure);
  const { name, label } = graph.columns;
  return (node) => Math.min(120, Math.max(30, wide(name[node] || label[node]!) + 16));
}

function clamp(width: number): number {
  return Math.min(MOST, Math.max(LEAST, Math.ceil(width)));
}

/** Each text is measured once. */
function widths(strings: readonly string[], measure: Measure): (text: number) => number {
  const known = new Float64Array(strings.length).fill(-1);
  return (text) => {
    if (known[text]! >= 0) return known[text]!;
    const width = measure((strings[text] ?? "").slice(0, LONGEST));
    known[text] = Number.isFinite(width) ? Math.max(0, width) : 0;
    return known[text]!;
  };
}

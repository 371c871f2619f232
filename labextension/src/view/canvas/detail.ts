/** What is worth drawing at a zoom: text where it can be read, curves and heads where they can be told apart. */

export interface Detail {
  /** Labels of nodes and modules. */
  readonly labels: boolean;
  /** The softer second line: specs, types, counts. */
  readonly specs: boolean;
  /** Rounded boxes with a border; otherwise plain rectangles. */
  readonly boxes: boolean;
  readonly curves: boolean;
  readonly heads: boolean;
  /** Edges shorter than this, in the drawing's units, are left out. */
  readonly shortest: number;
  /** How wide a line is, in the drawing's units, at least a hair on the screen. */
  readonly hair: number;
}

export const LABEL_PX = 12;
export const SPEC_PX = 10.5;
const READ_PX = 6;
const MARK_PX = 13;
const LEAST_MARK_PX = 6;

export function detailAt(zoom: number): Detail {
  return {
    labels: LABEL_PX * zoom >= READ_PX,
    specs: SPEC_PX * zoom >= READ_PX + 0.5,
    boxes: zoom >= 0.22,
    curves: zoom >= 0.22,
    heads: zoom >= 0.4,
    shortest: zoom >= 0.22 ? 0 : 2 / zoom,
    hair: Math.max(1, 0.6 / zoom),
  };
}

/** The width of a mark in the drawing's units: it grows and shrinks with the drawing, yet is always seen. */
export function markSize(zoom: number): number {
  return Math.max(LEAST_MARK_PX / zoom, Math.min(MARK_PX, 18 / zoom));
}

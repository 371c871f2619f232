/** A look's shape. */

import type { Look } from "../schema";

/** As in tracelab/renderers/page.py: told apart by shape, not by colour alone. In a box of 16 by 16, filled by `evenodd`. */
export const SHAPES: Readonly<Record<Look, string>> = {
  error: "M5 0h6l5 5v6l-5 5H5l-5-5V5zM4 7v2h8V7z",
  warning: "M8 0l8 15H0zM7 5v5h2V5zM7 11.5v2h2v-2z",
  holds: "M8 0a8 8 0 1 0 0 16A8 8 0 0 0 8 0zM6.8 12.2L3 8.4l1.5-1.5 2.3 2.3 4.7-4.7L13 6z",
  note: "M8 0a8 8 0 1 0 0 16A8 8 0 0 0 8 0zM7 3.5v2h2v-2zM7 7v6h2V7z",
};

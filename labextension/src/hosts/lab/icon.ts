/** TraceLab's sign: of two ways, the one that was taken, and the one that the trace left out. */

import type { LabIcon } from "@jupyterlab/ui-components";
import type { Lent } from "./lent";

/** In the theme's colour for icons, which JupyterLab gives to what has the class. */
const SIGN = `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16">
  <g class="jp-icon3" stroke="#616161" stroke-width="1.5" fill="none" stroke-linecap="round">
    <path d="M8 5v1.5C8 9 4 8 4 11"/>
    <path d="M8 6.5C8 9 12 8 12 11" stroke-dasharray="1.2 2.2"/>
    <circle cx="12" cy="12.8" r="1.6"/>
  </g>
  <circle class="jp-icon3" fill="#616161" cx="8" cy="3.2" r="2.2"/>
  <circle class="jp-icon3" fill="#616161" cx="4" cy="12.8" r="2.2"/>
</svg>`;

let made: LabIcon | undefined;

export function iconOf(lent: Lent): LabIcon {
  made ??= new lent.ui.LabIcon({ name: "tracelab:sign", svgstr: SIGN });
  return made;
}

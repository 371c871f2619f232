/** All that the extension adds to JupyterLab, one plugin for each thing that a user may want to disable. */

import type { JupyterFrontEndPlugin } from "@jupyterlab/application";
import { files } from "./files";
import type { Lent } from "./lent";
import { outputs } from "./outputs";
import { panel } from "./panel";

export type Late = typeof import("./late");
/** Loads it, once. */
export type Load = () => Promise<Late>;

export function pluginsOf(lent: Lent, load: Load): JupyterFrontEndPlugin<unknown>[] {
  return [outputs(lent, load), panel(lent, load), files(lent, load)];
}

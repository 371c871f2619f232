/** All that the extension adds to JupyterLab, one plugin for each thing that a user may want to disable. */

import type { JupyterFrontEndPlugin } from "@jupyterlab/application";
import { files } from "./files";
import { goingToLines } from "./goto/plugin";
import type { Lent } from "./lent";
import { marks } from "./marks";
import { outputs } from "./outputs";
import { panel } from "./panel";
import { shell } from "./shell";

export type Late = typeof import("./late");
/** Loads it, once. */
export type Load = () => Promise<Late>;

export function pluginsOf(lent: Lent, load: Load): JupyterFrontEndPlugin<unknown>[] {
  return [outputs(lent, load), panel(lent, load), marks(lent), goingToLines(lent), files(lent, load), shell(lent)];
}

/** What the commands, the menus and the status bar have in common. */

import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { TranslationBundle } from "@jupyterlab/translation";
import type { Lent } from "../lent";
import type { Settings } from "./settings";

export interface Shell {
  readonly app: JupyterFrontEnd;
  readonly lent: Lent;
  readonly trans: TranslationBundle;
  readonly settings: Settings;
}

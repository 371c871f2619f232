/** Commands on cells and kernels; where all commands stand: palette, launcher, status bar. Menus and keys are in the schema. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import type { ICommandPalette } from "@jupyterlab/apputils";
import type { IConsoleTracker } from "@jupyterlab/console";
import type { ILauncher } from "@jupyterlab/launcher";
import type { INotebookTracker } from "@jupyterlab/notebook";
import type { ISettingRegistry } from "@jupyterlab/settingregistry";
import type { IStatusBar } from "@jupyterlab/statusbar";
import type { ITranslator } from "@jupyterlab/translation";
import { followingOf } from "../following";
import type { Lent } from "../lent";
import { addCommands } from "./commands";
import { settingsOf } from "./settings";
import type { Shell } from "./shell";
import { showStatus } from "./status";

/** The name of `schema/plugin.json` too. */
const PLUGIN = "tracelab:plugin";
const NEW = "tracelab:new-notebook";
/** As they stand in the palette; a plugin that is disabled has none of its own. */
const PLACED = [
  "trace-cell", "load", "new-notebook", "open-panel", "open-viewer", "rerun", "search", "export-report", "save",
  "toggle-marks", "next-finding", "previous-finding", "open-finding",
].map((name) => `tracelab:${name}`);

type Given = readonly [
  INotebookTracker | null,
  IConsoleTracker | null,
  ICommandPalette | null,
  ISettingRegistry | null,
  ITranslator | null,
  ILauncher | null,
  IStatusBar | null,
];

export function shell(lent: Lent): JupyterFrontEndPlugin<void> {
  const none = new lent.coreutils.Token<never>("tracelab:none");
  return {
    id: PLUGIN,
    description: "Commands, menus, shortcuts, the toolbar's button and the settings of TraceLab.",
    autoStart: true,
    optional: [
      lent.notebook.INotebookTracker,
      lent.console?.IConsoleTracker ?? none,
      lent.apputils.ICommandPalette,
      lent.settingregistry.ISettingRegistry,
      lent.translation.ITranslator,
      lent.launcher?.ILauncher ?? none,
      lent.statusbar?.IStatusBar ?? none,
    ],
    activate: (app: JupyterFrontEnd, ...given: Given) => {
      const [notebooks, consoles, palette, registry, translator, launcher, bar] = given;
      const trans = (translator ?? lent.translation.nullTranslator).load("tracelab");
      const made: Shell = { app, lent, trans, settings: settingsOf(registry, PLUGIN) };
      addCommands(made, notebooks, followingOf(app, { notebooks, consoles }));
      launcher?.add({ command: NEW, category: trans.__("Other"), rank: 10 });
      if (bar) showStatus(made, bar);
      // The other plugins add theirs when their turn comes.
      if (palette) void app.started.then(() => place(made, palette));
    },
  };
}

function place({ app, trans }: Shell, palette: ICommandPalette): void {
  const args = { palette: true };
  for (const command of PLACED) {
    if (app.commands.hasCommand(command)) palette.addItem({ command, category: trans.__("TraceLab"), args });
  }
}

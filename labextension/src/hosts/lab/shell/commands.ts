/** The commands on cells and kernels. */

import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";
import type { ReadonlyJSONObject } from "@lumino/coreutils";
import type { Following } from "../following";
import { iconOf } from "../icon";
import { talkOf } from "../talk";
import { load, traceable, traceCell } from "./cell";
import { newExample, pythonSpec } from "./example";
import type { Shell } from "./shell";

const CELL = "tracelab:trace-cell";
const LOAD = "tracelab:load";

export function addCommands(shell: Shell, notebooks: INotebookTracker | null, following: Following): void {
  addCellCommand(shell, notebooks);
  addLoadCommand(shell, following);
  addNotebookCommand(shell);
}

function addCellCommand(shell: Shell, notebooks: INotebookTracker | null): void {
  const { app, trans, lent, settings } = shell;
  const help = trans.__("Run the cell, and show what a trace of the call on its last line freezes");
  const unable = trans.__("Needs a code cell, and a Python kernel");
  app.commands.addCommand(CELL, {
    label: trans.__("Trace This Cell"),
    caption: () => (traceable(shell, notebooks) ? help : `${trans.__("Trace This Cell")}: ${unable}`),
    icon: iconOf(lent),
    isEnabled: () => traceable(shell, notebooks) !== undefined,
    isVisible: (args) => !args.toolbar || settings.value.toolbarButton,
    execute: async () => {
      const panel = traceable(shell, notebooks);
      if (panel) await traceCell(shell, panel, settings.value.traceOptions);
    },
    describedBy: { args: described({ toolbar: trans.__("Whether it is the toolbar's button, which the settings can hide.") }) },
  });
  const changed = () => app.commands.notifyCommandChanged(CELL);
  settings.watch(changed);
  notebooks?.currentChanged.connect(changed);
  app.shell.currentChanged?.connect(changed);
  notebooks?.activeCellChanged.connect(changed);
  notebooks?.widgetAdded.connect((_: unknown, { sessionContext }: NotebookPanel) => {
    sessionContext.kernelChanged.connect(changed);
  });
  app.serviceManager.kernelspecs.specsChanged.connect(changed);
}

function addLoadCommand(shell: Shell, following: Following): void {
  const { app, trans } = shell;
  const unloaded = () => {
    const kernel = following.value?.kernel;
    return kernel && talkOf(kernel).state.value === "unloaded" ? following.value?.pane : undefined;
  };
  app.commands.addCommand(LOAD, {
    label: trans.__("Load TraceLab into the Kernel"),
    caption: trans.__("Runs %load_ext tracelab, so that %trace and the panel work"),
    isEnabled: () => unloaded() !== undefined,
    execute: async () => {
      const pane = unloaded();
      if (pane) await load(shell, pane);
    },
    describedBy: { args: described({}) },
  });
}

function addNotebookCommand(shell: Shell): void {
  const { app, trans, lent } = shell;
  app.commands.addCommand("tracelab:new-notebook", {
    label: (args) => (args.palette ? trans.__("New Notebook with an Example") : trans.__("TraceLab Example")),
    caption: trans.__("A notebook with a function that a trace gets wrong, and the line that shows it"),
    icon: iconOf(lent),
    isEnabled: () => pythonSpec(shell) !== undefined,
    execute: ({ cwd }) => newExample(shell, typeof cwd === "string" ? cwd : ""),
    describedBy: {
      args: described({
        cwd: trans.__("The folder that it is made in; the server's root, where it is left out."),
        palette: trans.__("Whether the command palette asks."),
      }),
    },
  });
}

/** All of them may be left out. */
function described(args: Readonly<Record<string, string>>): ReadonlyJSONObject {
  const typed = (name: string) => (name === "cwd" ? "string" : "boolean");
  const properties = Object.entries(args).map(([name, description]) => [name, { type: typed(name), description }]);
  return { type: "object", properties: Object.fromEntries(properties) };
}

/** Lines of the user's code are gone to, by a command, and where a viewer in the page asks for it. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import type { IConsoleTracker } from "@jupyterlab/console";
import type { IEditorTracker } from "@jupyterlab/fileeditor";
import type { INotebookTracker } from "@jupyterlab/notebook";
import type { ITranslator } from "@jupyterlab/translation";
import { GO_TO } from "../../going";
import type { Lent } from "../lent";
import { arrive } from "./arriving";
import { flashOf } from "./flash";
import { type Going, goTo } from "./index";
import { wantedIn } from "./wanted";

const COMMAND = "tracelab:go-to-line";

const ARGS = {
  type: "object",
  properties: {
    source: {
      type: "object",
      description: "The line, as a finding's source.",
      properties: {
        filename: { type: "string" },
        lineno: { type: "integer", minimum: 1 },
        end_lineno: { type: "integer", minimum: 1 },
        text: { type: "string", description: "The file, or the cell, as it was traced." },
      },
      required: ["filename", "lineno"],
    },
    cell: { type: "string", description: "The id of the notebook's cell, where it is known." },
    kernel: { type: "string", description: "The id of the kernel that made the Trace, where it is known." },
  },
  required: ["source"],
};

type Trackers = readonly [INotebookTracker | null, ITranslator | null, IConsoleTracker | null, IEditorTracker | null];

export function goingToLines(lent: Lent): JupyterFrontEndPlugin<void> {
  const none = new lent.coreutils.Token<never>("tracelab:none");
  return {
    id: "tracelab:go-to-line",
    description: "Goes from a finding to its line, in the cell or in an editor.",
    autoStart: true,
    optional: [
      lent.notebook.INotebookTracker,
      lent.translation.ITranslator,
      lent.console?.IConsoleTracker ?? none,
      lent.fileeditor?.IEditorTracker ?? none,
    ],
    activate: (app: JupyterFrontEnd, ...[notebooks, translator, consoles, files]: Trackers) => {
      const trans = (translator ?? lent.translation.nullTranslator).load("tracelab");
      const open = { notebooks, consoles, files };
      const going: Going = { app, lent, open, trans, flash: flashOf(lent), root: lent.pages.PageConfig.getOption("serverRoot") };
      begin(going);
      arrive(going);
    },
  };
}

function begin(going: Going): void {
  const { app, trans } = going;
  app.commands.addCommand(COMMAND, {
    label: trans.__("Go to Line of Finding"),
    caption: trans.__("Show the line in its cell, or in an editor of its file"),
    describedBy: { args: ARGS },
    execute: async (args) => {
      const wanted = wantedIn(args.source, args);
      if (wanted) await goTo(going, wanted);
    },
  });
  // So that a viewer in an output, which knows nothing of JupyterLab, offers it.
  document.body.dataset.tracelabGoTo = "";
  document.body.addEventListener(GO_TO, (event) => {
    const { detail } = event as CustomEvent<unknown>;
    const wanted = wantedIn(detail, detail);
    const from = event.target instanceof Element ? event.target : null;
    if (wanted) void goTo(going, wanted, from);
  });
}

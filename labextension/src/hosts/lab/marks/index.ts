/** Frozen lines are marked where the user writes them. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import type { ISessionContext } from "@jupyterlab/apputils";
import type { IEditorExtensionRegistry } from "@jupyterlab/codemirror";
import type { IConsoleTracker } from "@jupyterlab/console";
import type { IEditorTracker } from "@jupyterlab/fileeditor";
import type { INotebookTracker } from "@jupyterlab/notebook";
import type { ISettingRegistry } from "@jupyterlab/settingregistry";
import type { ITranslator, TranslationBundle } from "@jupyterlab/translation";
import { flashOf } from "../goto/flash";
import type { Lent } from "../lent";
import { cardOf } from "./card";
import { editorsOf } from "./editors";
import { gutterOf } from "./gutter";
import type { FrozenLine, KernelMark } from "./matching";
import type { Open } from "./owners";
import { styled } from "./style";
import { besideLine, lineHere, type Walk, walk } from "./walking";
import { type Switch, switchOf } from "./wanted";

type Given = readonly [
  INotebookTracker | null,
  ISettingRegistry | null,
  ITranslator | null,
  IConsoleTracker | null,
  IEditorTracker | null,
];

export function marks(lent: Lent): JupyterFrontEndPlugin<void> {
  const none = new lent.coreutils.Token<never>("tracelab:none");
  return {
    id: "tracelab:marks",
    description: "Marks the lines that a trace froze, in cells and editors.",
    autoStart: true,
    requires: [lent.codemirror.IEditorExtensionRegistry],
    optional: [
      lent.notebook.INotebookTracker,
      lent.settingregistry.ISettingRegistry,
      lent.translation.ITranslator,
      lent.console?.IConsoleTracker ?? none,
      lent.fileeditor?.IEditorTracker ?? none,
    ],
    activate: (app: JupyterFrontEnd, registry: IEditorExtensionRegistry, ...given: Given) => {
      const [notebooks, settings, translator, consoles, files] = given;
      const trans = (translator ?? lent.translation.nullTranslator).load("tracelab");
      const choice = switchOf(settings);
      const made = begin(app, lent, registry, { notebooks, consoles, files }, choice, trans);
      addCommands(made, choice, trans, (line) => openFirst(app, line));
    },
  };
}

function begin(app: JupyterFrontEnd, lent: Lent, registry: IEditorExtensionRegistry, open: Open, { wanted }: Switch, trans: TranslationBundle): Walk {
  styled();
  const card = cardOf((mark) => openFinding(app, mark), trans);
  const gutter = gutterOf(lent, {
    open: (line) => {
      card.hide();
      openFirst(app, line);
    },
    enter: (line, mark) => card.show(line, mark, "rest"),
    leave: card.leave,
  });
  const editors = editorsOf(open, gutter, wanted);
  registry.addExtension({
    name: "tracelab-marks",
    factory: ({ model }) => {
      const told = { begins: (view: Parameters<typeof editors.add>[1]) => editors.add(model, view), ends: editors.end };
      return lent.codemirror.EditorExtensionRegistry.createImmutableExtension(gutter.extension(told));
    },
  });
  listen(open, editors.look);
  return { app, lent, open, editors, card, flash: flashOf(lent) };
}

/** What is opened, and what gets another kernel or another path, may have other marks. */
function listen({ notebooks, consoles, files }: Open, look: () => void): void {
  const follow = ({ sessionContext }: { readonly sessionContext: ISessionContext }) => {
    sessionContext.kernelChanged.connect(look);
    look();
  };
  notebooks?.widgetAdded.connect((_, panel) => follow(panel));
  consoles?.widgetAdded.connect((_, panel) => follow(panel));
  files?.widgetAdded.connect((_, { context }) => {
    context.pathChanged.connect(look);
    look();
  });
}

function addCommands(walking: Walk, choice: Switch, trans: TranslationBundle, openLine: (line: FrozenLine) => void): void {
  const { app, card } = walking;
  const { commands } = app;
  commands.addCommand("tracelab:toggle-marks", {
    label: trans.__("Mark Frozen Lines"),
    caption: trans.__("Mark the lines that a trace froze, in cells and editors"),
    isToggled: () => choice.wanted.value,
    execute: () => choice.toggle(),
  });
  choice.wanted.watch(() => commands.notifyCommandChanged("tracelab:toggle-marks"));
  commands.addCommand("tracelab:next-finding", {
    label: trans.__("Next Finding"),
    caption: trans.__("Go to the next frozen line of this notebook or file"),
    execute: () => walk(walking, 1),
  });
  commands.addCommand("tracelab:previous-finding", {
    label: trans.__("Previous Finding"),
    caption: trans.__("Go to the frozen line before this one"),
    execute: () => walk(walking, -1),
  });
  commands.addCommand("tracelab:open-finding", {
    label: trans.__("Show Finding of This Line"),
    caption: trans.__("Show what was found in the line with the cursor"),
    execute: () => {
      const here = lineHere(walking);
      if (!here) return;
      if (here.frozen.said.length > 1) card.show(here.frozen, besideLine(here.view, here.line), "take");
      else openLine(here.frozen);
    },
  });
}

function openFirst(app: JupyterFrontEnd, { said }: FrozenLine): void {
  if (said[0]) openFinding(app, said[0].mark);
}

/** Where the viewer is not installed, as with the panel's plugin disabled, nothing opens. */
function openFinding({ commands }: JupyterFrontEnd, { trace, finding, kernel }: KernelMark): void {
  if (commands.hasCommand("tracelab:open-viewer")) void commands.execute("tracelab:open-viewer", { trace, finding, kernel });
}

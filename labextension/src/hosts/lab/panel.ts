/** The side panel, and the commands that act on a Trace. What is drawn in it is loaded when it is first shown. */

import type { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import type { IConsoleTracker } from "@jupyterlab/console";
import type { INotebookTracker } from "@jupyterlab/notebook";
import type { ITranslator } from "@jupyterlab/translation";
import type { ReadonlyJSONObject } from "@lumino/coreutils";
import type { Act } from "./acting";
import { followingOf } from "./following";
import { iconOf } from "./icon";
import { keptBy } from "./kept";
import type { Lent } from "./lent";
import type { Load } from "./plugins";
import type { Named, Room } from "./room";
import { speaker, talkOf } from "./talk";
import { type Settable, watched } from "./watched";

const ID = "tracelab-panel";

export function panel(lent: Lent, load: Load): JupyterFrontEndPlugin<void> {
  /** Tells whether it is in sight. */
  class SidePanel extends lent.widgets.Widget {
    constructor(private readonly seen: Settable<boolean>) {
      super();
    }

    protected override onAfterShow(): void {
      this.seen.set(this.isVisible);
    }

    protected override onAfterAttach(): void {
      this.seen.set(this.isVisible);
    }

    protected override onBeforeHide(): void {
      this.seen.set(false);
    }

    protected override onBeforeDetach(): void {
      this.seen.set(false);
    }

    /** Who asks for the panel by the keyboard goes on in it. */
    protected override onActivateRequest(): void {
      this.node.focus({ preventScroll: true });
    }
  }
  // A page that does not share a module has no such thing.
  const none = new lent.coreutils.Token<never>("tracelab:none");
  const optional = [
    lent.notebook.INotebookTracker,
    lent.console?.IConsoleTracker ?? none,
    lent.application?.ILabShell ?? none,
    lent.application?.ILayoutRestorer ?? none,
    lent.translation.ITranslator,
  ];
  return {
    id: "tracelab:panel",
    description: "The side panel: what lives in the kernel, what was frozen, and what can be traced.",
    autoStart: true,
    optional,
    activate: (
      app: JupyterFrontEnd,
      notebooks: INotebookTracker | null,
      consoles: IConsoleTracker | null,
      shell: object | null,
      restorer: ILayoutRestorer | null,
      translator: ITranslator | null,
    ) => {
      const visible = watched(false);
      const trans = (translator ?? lent.translation.nullTranslator).load("tracelab");
      const following = followingOf(app, { notebooks, consoles });
      const panes = [notebooks, consoles].flatMap((tracker) => (tracker ? [tracker.restored] : []));
      const room: Room = { app, lent, following, talkOf, speaker, trans, icon: iconOf(lent), visible, isLab: shell !== null, kept: keptBy(lent, restorer, panes) };
      const widget = made(new SidePanel(visible), room, load);
      app.shell.add(widget, room.isLab ? "right" : "left", { rank: 910, type: "TraceLab" });
      restorer?.add(widget, ID);
      commands(room, widget.id, load);
    },
  };
}

function made(widget: InstanceType<Lent["widgets"]["Widget"]>, room: Room, load: Load): typeof widget {
  const { trans, icon, visible } = room;
  widget.id = ID;
  widget.addClass("tracelab-panel");
  widget.title.icon = icon;
  widget.title.caption = trans.__("TraceLab: Traces and what they froze");
  widget.node.tabIndex = -1;
  widget.node.setAttribute("role", "region");
  widget.node.setAttribute("aria-label", "TraceLab");
  const draw = () => {
    load().then(
      ({ drawPanel }) => drawPanel(room, widget.node),
      () => {
        widget.node.textContent = trans.__("The panel could not be loaded from the server. Is it running? Then reload the page.");
      },
    );
  };
  const end = visible.watch((isVisible) => {
    if (!isVisible) return;
    end();
    draw();
  });
  return widget;
}

function commands(room: Room, panelId: string, load: Load): void {
  const { app, trans, icon, following } = room;
  const isReady = () => {
    const kernel = following.value?.kernel;
    return !!kernel && talkOf(kernel).state.value === "ready";
  };
  const labels: Readonly<Record<Act, readonly [string, string]>> = {
    "open-viewer": [trans.__("Open TraceLab Viewer"), trans.__("The graph, the source, the Runs and the findings of a Trace")],
    rerun: [trans.__("Run Trace Again With Other Inputs"), trans.__("Opens the viewer of a Trace with its form")],
    search: [trans.__("Search Longer for Proofs"), trans.__("Looks 10 seconds longer for inputs that prove what a Trace froze wrong")],
    "export-report": [trans.__("Export HTML Report of Trace"), trans.__("One HTML file, saved beside the notebook and downloaded")],
    save: [trans.__("Save Trace as .tracelab File"), trans.__("A file that opens without a kernel, saved beside the notebook")],
  };
  for (const [what, [label, caption]] of Object.entries(labels) as [Act, readonly [string, string]][]) {
    app.commands.addCommand(`tracelab:${what}`, {
      label,
      caption,
      icon: what === "open-viewer" ? icon : undefined,
      isEnabled: (args) => typeof args.trace === "string" || isReady(),
      execute: async (args) => (await load()).act(room, what, args as Named),
      describedBy: { args: NAMED },
    });
  }
  app.commands.addCommand("tracelab:open-panel", {
    label: trans.__("Show TraceLab Panel"),
    caption: trans.__("What lives in the kernel, what was frozen, and what can be traced"),
    icon,
    execute: () => app.shell.activateById(panelId),
    describedBy: { args: { type: "object", properties: {} } },
  });
}

const NAMED: ReadonlyJSONObject = {
  type: "object",
  properties: {
    trace: { type: "string", description: "The id of a Trace; of the one that is chosen in the panel, where it is left out." },
    kernel: { type: "string", description: "The id of its kernel; of the active notebook's or console's, where it is left out." },
    finding: { type: "string", description: "The id of a finding to show." },
    path: { type: "string", description: "Of the notebook, or the console, that has the Trace: as JupyterLab opens a viewer again." },
    name: { type: "string", description: "With a path: what the Trace is called." },
    key: { type: "string", description: "With a path: of the tab." },
  },
};

/** From one frozen line to the next, in the notebook or the file that one works in. */

import type { EditorView } from "@codemirror/view";
import type { JupyterFrontEnd } from "@jupyterlab/application";
import { type Pane, reveal, viewOf } from "../goto/cells";
import type { Flash } from "../goto/flash";
import type { Lent } from "../lent";
import type { Card } from "./card";
import type { Editors } from "./editors";
import { type FrozenLine, type Place, stepTo } from "./matching";
import type { Open } from "./owners";

export interface Walk {
  readonly app: JupyterFrontEnd;
  readonly lent: Lent;
  readonly open: Open;
  readonly editors: Editors;
  readonly flash: Flash;
  readonly card: Card;
}

interface Stop extends Place {
  readonly frozen: FrozenLine;
}

/** What one works in: its frozen lines, where one is, and the way to an editor. */
interface Ground {
  readonly stops: readonly Stop[];
  readonly at: Place;
  editor(cell: number): Promise<EditorView | undefined>;
}

/** False where there is nowhere to go. */
export async function walk(walk: Walk, step: 1 | -1): Promise<boolean> {
  const ground = groundOf(walk);
  const stop = ground && (stepTo(ground.stops, ground.at, step) as Stop | undefined);
  const view = stop && (await ground.editor(stop.cell));
  if (!view) return false;
  const { frozen, line } = stop;
  const said = frozen.said.map(({ mark }) => `${mark.title}: ${mark.text}`).join(". ");
  walk.flash(view, line, frozen.last, `${line}. ${said}`);
  walk.card.show(frozen, besideLine(view, line), "now");
  return true;
}

/** The line that the cursor is in, where it is a frozen one. */
export function lineHere(walk: Walk): { readonly frozen: FrozenLine; readonly view: EditorView; readonly line: number } | undefined {
  const ground = groundOf(walk);
  const view = viewHere(walk);
  if (!ground || !view) return undefined;
  const { cell, line } = ground.at;
  const frozen = ground.stops.filter((stop) => stop.cell === cell && stop.line <= line && line <= stop.frozen.last).at(-1)?.frozen;
  return frozen && { frozen, view, line: frozen.line };
}

/** Where a line begins, as long as it is there. */
export function besideLine(view: EditorView, line: number) {
  return {
    get isConnected() {
      return view.dom.isConnected;
    },
    getBoundingClientRect: () => {
      const at = view.coordsAtPos(view.state.doc.line(Math.min(line, view.state.doc.lines)).from);
      return at ? new DOMRect(at.left, at.top, 0, at.bottom - at.top) : view.dom.getBoundingClientRect();
    },
  };
}

function viewHere({ app, open: { notebooks, files } }: Walk): EditorView | undefined {
  const file = files?.currentWidget;
  return viewOf(file && file === app.shell.currentWidget ? file.content.editor : notebooks?.currentWidget?.content.activeCell?.editor);
}

function groundOf(walk: Walk): Ground | undefined {
  const { app, lent, open, editors } = walk;
  const { currentWidget: file } = open.files ?? { currentWidget: null };
  const view = viewHere(walk);
  const line = view ? view.state.doc.lineAt(view.state.selection.main.head).number : 0;
  const read = editors.reader();
  if (file && view && file === app.shell.currentWidget) {
    const lines = read({ cell: "", path: file.context.localPath, kernel: null }, view.state.doc.toString());
    return { stops: lines.map((frozen) => ({ cell: 0, line: frozen.line, frozen })), at: { cell: 0, line }, editor: async () => view };
  }
  const panel = open.notebooks?.currentWidget;
  if (!panel) return undefined;
  const { content: notebook } = panel;
  const kernel = panel.sessionContext.session?.kernel ?? null;
  const stops = notebook.widgets.flatMap(({ model }, cell) => {
    if (model.type !== "code") return [];
    const lines = read({ cell: model.id, path: "", kernel }, model.sharedModel.getSource());
    return lines.map((frozen) => ({ cell, line: frozen.line, frozen }));
  });
  const pane: Pane = { panel, notebook, cells: notebook.widgets };
  // From a cell that is only selected one comes to its first line, or to what is before it.
  const at = { cell: notebook.activeCellIndex, line: notebook.mode === "edit" ? line : 0 };
  return { stops, at, editor: async (cell) => reveal(app, lent, pane, notebook.widgets[cell]!) };
}

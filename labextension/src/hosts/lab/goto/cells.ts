/** The cell that a line is in, among all that is open, and the way to it. */

import type { EditorView } from "@codemirror/view";
import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { Cell } from "@jupyterlab/cells";
import type { CodeMirrorEditor } from "@jupyterlab/codemirror";
import type { ConsolePanel } from "@jupyterlab/console";
import type { NotebookPanel } from "@jupyterlab/notebook";
import type { Lent } from "../lent";
import { trimmed } from "../marks/matching";
import { allIn, cellsOf, type Open } from "../marks/owners";
import type { Wanted } from "./wanted";

export interface Pane {
  readonly panel: NotebookPanel | ConsolePanel;
  readonly notebook: NotebookPanel["content"] | null;
  readonly cells: readonly Cell[];
}

export interface FoundCell {
  readonly pane: Pane;
  readonly cell: Cell;
  readonly isChanged: boolean;
}

/** Where the cell can be, the likeliest first: a notebook with the same code that has another kernel is another's. */
export function panesFor({ notebooks, consoles }: Open, { kernel }: Wanted, from: Element | null): readonly Pane[] {
  const all: Pane[] = [
    ...allIn(notebooks).map((panel) => ({ panel, notebook: panel.content, cells: panel.content.widgets })),
    ...allIn(consoles).map((panel) => ({ panel, notebook: null, cells: cellsOf(panel) })),
  ];
  const around = all.find(({ panel }) => from !== null && panel.node.contains(from));
  const id = kernel || idOf(around);
  const own = id ? all.filter((pane) => pane === around || idOf(pane) === id) : around ? [around] : all;
  const current = new Set<unknown>([notebooks?.currentWidget, consoles?.currentWidget]);
  const rank = (pane: Pane) => (pane === around ? 0 : current.has(pane.panel) ? 1 : 2);
  return own.sort((a, b) => rank(a) - rank(b));
}

function idOf(pane: Pane | undefined): string {
  return pane?.panel.sessionContext.session?.kernel?.id ?? "";
}

/** The very cell as it was traced; else one that reads the same; else the very cell, which has changed. */
export function cellFor(panes: readonly Pane[], { cell: id, text }: Wanted): FoundCell | undefined {
  const code = panes.flatMap((pane) => pane.cells.filter(({ model }) => model.type === "code").map((cell) => ({ pane, cell })));
  const own = code.find(({ cell }) => id !== "" && cell.model.id === id);
  const isSame = ({ cell }: { readonly cell: Cell }) => text === null || trimmed(cell.model.sharedModel.getSource()) === trimmed(text);
  if (own && isSame(own)) return { ...own, isChanged: false };
  const alike = text === null ? undefined : code.find(isSame);
  if (alike) return { ...alike, isChanged: false };
  return own && { ...own, isChanged: true };
}

/** Brings a cell into view, also one that is far below, hidden, or under a heading that is closed; its editor. */
export async function reveal(app: JupyterFrontEnd, lent: Lent, { panel, notebook }: Pane, cell: Cell): Promise<EditorView | undefined> {
  app.shell.activateById(panel.id);
  cell.inputHidden = false;
  if (notebook) {
    lent.notebook.NotebookActions.expandParent(cell, notebook);
    notebook.deselectAll();
    notebook.activeCellIndex = notebook.widgets.indexOf(cell);
    await scrolled(notebook, cell);
  }
  await cell.ready;
  if (cell.isDisposed) return undefined;
  if (notebook) notebook.mode = "edit";
  else cell.node.scrollIntoView({ block: "nearest" });
  return viewOf(cell.editor);
}

const SCROLLS = 5;

/** What a notebook itself scrolls to, as to a cell that becomes active, takes the place of what it was asked for: it is asked again. */
async function scrolled(notebook: NotebookPanel["content"], cell: Cell): Promise<void> {
  const go = () => notebook.scrollToItem(notebook.widgets.indexOf(cell), "smart");
  for (let left = SCROLLS; left > 0 && notebook.activeCell === cell; left--) {
    const isThere = await go().then(() => true, () => false);
    if (isThere) return;
  }
}

export function viewOf(editor: unknown): EditorView | undefined {
  return (editor as Partial<CodeMirrorEditor> | null | undefined)?.editor;
}

/** From a finding to its line: in the very cell, or in an editor of the file. */

import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { IDocumentWidget } from "@jupyterlab/docregistry";
import type { FileEditor } from "@jupyterlab/fileeditor";
import type { TranslationBundle } from "@jupyterlab/translation";
import type { Marked } from "../../../schema";
import type { Lent } from "../lent";
import { lineNow, trimmed } from "../marks/matching";
import { kernelsOf, type Open } from "../marks/owners";
import { talkOf } from "../talk";
import { openedAt } from "./arriving";
import { cellFor, type FoundCell, panesFor, reveal, viewOf } from "./cells";
import { pathOf } from "./files";
import type { Flash } from "./flash";
import { completed, type Wanted } from "./wanted";

export interface Going {
  readonly app: JupyterFrontEnd;
  readonly lent: Lent;
  readonly open: Open;
  readonly flash: Flash;
  readonly trans: TranslationBundle;
  /** The server's folder, as it says it. */
  readonly root: string;
}

const SECONDS = 1000;
/** Of a toast, which shows no more than 140 characters. */
const MOST = 80;

/** `from` is where it was asked, as the notebook around it is meant. */
export async function goTo(going: Going, asked: Wanted, from: Element | null = null): Promise<void> {
  const found = asked.isCell && asked.text !== null ? cellFor(panesFor(going.open, asked, from), asked) : undefined;
  if (found) return goToCell(going, asked, found);
  const wanted = completed(asked, await markedFor(going, asked));
  if (!wanted.isCell) return goToFile(going, wanted);
  const cell = cellFor(panesFor(going.open, wanted, from), wanted);
  if (cell) return goToCell(going, wanted, cell);
  tell(going, going.trans.__("%1 is no longer in the notebook: it was deleted, or its code has changed.", shortened(wanted.title)));
}

/** What the kernels know of frozen lines; nothing where they are busy. */
async function markedFor({ open }: Going, { kernel }: Wanted): Promise<readonly Marked[]> {
  const kernels = kernelsOf(open).filter(({ id }) => kernel === "" || id === kernel);
  const talks = [...new Set(kernels.map(talkOf))].filter(({ state }) => state.value === "ready");
  const asking = talks.map((talk) => new Promise<readonly Marked[]>((done) => {
    talk.ask({ what: "marks" }, ({ state, marked }) => {
      if (state !== "queued" && state !== "running") done(marked);
    }, () => done([]));
  }));
  return (await Promise.all(asking)).flat();
}

async function goToCell(going: Going, wanted: Wanted, { pane, cell, isChanged }: FoundCell): Promise<void> {
  const { app, lent, flash, trans } = going;
  const view = await reveal(app, lent, pane, cell);
  if (!view) return;
  const line = isChanged ? lineNow(wanted.text, view.state.doc.toString(), wanted.lineno) : wanted.lineno;
  flash(view, line, isChanged ? line : wanted.last, trans.__("Line %1", line));
  if (isChanged) tell(going, trans.__("The code of this cell has changed since it was traced. Run it again for a new Trace."));
}

async function goToFile(going: Going, wanted: Wanted): Promise<void> {
  const { app, flash, trans, root } = going;
  const path = await pathOf(app.serviceManager.contents, root, wanted);
  if (path === undefined) return tellWhere(going, wanted);
  if (openedAt(going.lent, path, wanted.lineno, wanted.last)) return;
  const widget = (await app.commands.execute("docmanager:open", { path, factory: "Editor" })) as IDocumentWidget<FileEditor> | undefined;
  if (!widget) return;
  await Promise.all([widget.context.ready, widget.revealed]);
  const view = viewOf(widget.content.editor);
  if (!view) return;
  const text = view.state.doc.toString();
  const isChanged = wanted.text !== null && trimmed(wanted.text) !== trimmed(text);
  const line = isChanged ? lineNow(wanted.text, text, wanted.lineno) : wanted.lineno;
  flash(view, line, isChanged ? line : wanted.last, trans.__("Line %1", line));
  if (isChanged) tell(going, trans.__("This file has changed since it was traced. Restart the kernel, or reload the module, for a new Trace."));
}

function tell({ lent }: Going, text: string): void {
  lent.apputils.Notification.info(text, { autoClose: 6 * SECONDS });
}

function tellWhere({ lent, trans }: Going, { filename, lineno }: Wanted): void {
  const text = trans.__("Line %1 is in a file that this server does not serve: %2", lineno, shortened(filename));
  const copy = { label: trans.__("Copy path"), callback: () => void navigator.clipboard?.writeText(filename) };
  lent.apputils.Notification.info(text, { autoClose: 15 * SECONDS, actions: [copy] });
}

/** The end of a path says most of it. */
function shortened(path: string): string {
  return path.length <= MOST ? path : `…${path.slice(-MOST)}`;
}

/** The active cell is run as under `%%trace`. Its text stays as it is: the request says what is wanted. */

import type { CodeCell } from "@jupyterlab/cells";
import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";
import { newId } from "../asks";
import { loadInto } from "../loading";
import { talkOf } from "../talk";
import { doing, over } from "../working";
import type { Shell } from "./shell";

/** In the metadata of the request, as `tracelab/jupyter/magic_asked.py` reads it. */
const KEY = "tracelab_trace";
const MAGIC = /^\s*%%(\w+)/;

/** The notebook with the cell that would be traced; none where that can not be. */
export function traceable(shell: Shell, notebooks: INotebookTracker | null): NotebookPanel | undefined {
  const panel = notebooks?.currentWidget;
  const isInFront = panel === shell.app.shell.currentWidget;
  const isCode = panel?.content.activeCell?.model.type === "code";
  return panel && isInFront && isCode && isPython(shell, panel) ? panel : undefined;
}

function isPython({ app }: Shell, { sessionContext }: NotebookPanel): boolean {
  const name = sessionContext.session?.kernel?.name ?? "";
  return app.serviceManager.kernelspecs.specs?.kernelspecs[name]?.language.toLowerCase() === "python";
}

export async function traceCell(shell: Shell, panel: NotebookPanel, options: string): Promise<void> {
  const cell = panel.content.activeCell as CodeCell;
  const kernel = panel.sessionContext.session?.kernel;
  const code = cell.model.sharedModel.getSource();
  const problem = refusal(shell, code);
  if (problem !== "" || !kernel) return warn(shell, problem);
  const id = newId();
  doing({ id, text: shell.trans.__("Tracing a cell"), part: null });
  try {
    const isLoaded = talkOf(kernel).state.value === "ready" || (await load(shell, panel));
    if (isLoaded && !cell.isDisposed) await run(shell, panel, cell, MAGIC.test(code) ? {} : { [KEY]: options });
  } finally {
    over(id);
  }
}

/** Why a cell cannot be traced; empty where it can. */
function refusal({ trans }: Shell, code: string): string {
  if (code.trim() === "") return trans.__("The cell is empty. Write a call on its last line, as model(x).");
  const magic = MAGIC.exec(code)?.[1] ?? "trace";
  if (magic === "trace") return "";
  return trans.__(
    "The cell begins with %1, and takes no second magic of that kind. Take that line away, or write %trace before a call.",
    `%%${magic}`,
  );
}

/** Whether TraceLab is in the kernel then; why not is told. */
export async function load(shell: Shell, panel: Pick<NotebookPanel, "sessionContext">): Promise<boolean> {
  const { trans } = shell;
  const kernel = panel.sessionContext.session?.kernel;
  if (!kernel) return false;
  const loaded = await loadInto(kernel);
  if (loaded.how === "loaded") return true;
  if (loaded.how === "failed") warn(shell, trans.__("TraceLab could not be loaded into the kernel. %1", loaded.why));
  else warn(shell, trans.__("TraceLab is not installed where the kernel runs. Run %pip install tracelab in a cell, then try again."));
  return false;
}

async function run(
  { lent }: Shell,
  { content, sessionContext }: NotebookPanel,
  cell: CodeCell,
  asked: Readonly<Record<string, string>>,
): Promise<void> {
  const deletedCells = [...(content.model?.deletedCells ?? [])];
  const { recordTiming } = content.notebookConfig;
  content.mode = "command";
  // A kernel that ends meanwhile is seen in the notebook.
  await lent.cells.CodeCell.execute(cell, sessionContext, { deletedCells, recordTiming, ...asked }).catch(() => undefined);
}

export function warn({ lent }: Shell, text: string): void {
  if (text !== "") lent.apputils.Notification.warning(text, { autoClose: 10_000 });
}

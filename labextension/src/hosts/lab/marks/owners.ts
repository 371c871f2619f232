/** Whose an editor is: a notebook's cell, a console's, or a file. */

import type { ConsolePanel, IConsoleTracker } from "@jupyterlab/console";
import type { IEditorTracker } from "@jupyterlab/fileeditor";
import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";
import type { Kernel } from "@jupyterlab/services";

/** What is open. Notebook 7 does without some of it. */
export interface Open {
  readonly notebooks: INotebookTracker | null;
  readonly consoles: IConsoleTracker | null;
  readonly files: IEditorTracker | null;
}

export interface Owner {
  /** The cell's id; empty for a file. */
  readonly cell: string;
  /** The file's path below the server's root; empty for a cell. */
  readonly path: string;
  /** Of a file there is none: any kernel may have traced it. */
  readonly kernel: Kernel.IKernelConnection | null;
}

type Models = ReadonlyMap<object, Owner>;

/** All editors that there are, by what they edit: a cell far below has its editor only when it comes into view. */
export function ownersOf({ notebooks, consoles, files }: Open): Models {
  const owners = new Map<object, Owner>();
  for (const panel of allIn(notebooks)) addCells(owners, panel, [...(panel.content.model?.cells ?? [])]);
  for (const panel of allIn(consoles)) addCells(owners, panel, cellsOf(panel).map(({ model }) => model));
  for (const { content, context } of allIn(files)) owners.set(content.model, { cell: "", path: context.localPath, kernel: null });
  return owners;
}

/** Those that ran, and the one in which one writes. */
export function cellsOf({ console: { cells, promptCell } }: ConsolePanel) {
  return [...cells, ...(promptCell ? [promptCell] : [])];
}

export function allIn<T>(tracker: { forEach(heard: (one: T) => void): void } | null): readonly T[] {
  const all: T[] = [];
  tracker?.forEach((one) => void all.push(one));
  return all;
}

/** The kernels of all notebooks and consoles, each once. */
export function kernelsOf({ notebooks, consoles }: Open): readonly Kernel.IKernelConnection[] {
  const kernels = [...allIn(notebooks), ...allIn(consoles)].map(({ sessionContext }) => sessionContext.session?.kernel);
  return [...new Set(kernels)].filter((kernel) => !!kernel);
}

type Pane = NotebookPanel | ConsolePanel;

interface CellModel {
  readonly type: string;
  readonly id: string;
}

function addCells(owners: Map<object, Owner>, { sessionContext }: Pane, models: readonly CellModel[]): void {
  const kernel = sessionContext.session?.kernel ?? null;
  for (const model of models) if (model.type === "code") owners.set(model, { cell: model.id, path: "", kernel });
}

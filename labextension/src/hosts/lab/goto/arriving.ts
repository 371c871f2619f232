/** Lines that a page was opened for: Notebook 7 opens each file in a page of its own, and takes no line with it. */

import type { IDocumentWidget } from "@jupyterlab/docregistry";
import type { FileEditor } from "@jupyterlab/fileeditor";
import type { Lent } from "../lent";
import { viewOf } from "./cells";
import type { Going } from "./index";

const ASKED = /^#tracelab-lines=(\d+)-(\d+)$/;

/** Whether the file has a page of its own now. In JupyterLab it has none, but a tab. */
export function openedAt({ pages: { PageConfig, URLExt } }: Lent, path: string, first: number, last: number): boolean {
  if (PageConfig.getOption("notebookPage") === "") return false;
  const address = URLExt.join(PageConfig.getBaseUrl(), "edit", URLExt.encodeParts(path));
  return window.open(`${address}?factory=Editor#tracelab-lines=${first}-${last}`, "_blank") !== null;
}

/** Shows the lines that this page was opened for, in its first editor. */
export function arrive(going: Going): void {
  const { files } = going.open;
  const asked = ASKED.exec(location.hash);
  if (!asked || !files) return;
  const show = (_: unknown, widget: IDocumentWidget<FileEditor>) => {
    files.widgetAdded.disconnect(show);
    void showLines(going, widget, Number(asked[1]), Number(asked[2]));
  };
  files.widgetAdded.connect(show);
}

async function showLines({ flash, trans }: Going, { context, revealed, content }: IDocumentWidget<FileEditor>, first: number, last: number): Promise<void> {
  await Promise.all([context.ready, revealed]);
  const view = viewOf(content.editor);
  if (view) flash(view, first, last, trans.__("Line %1", first));
}

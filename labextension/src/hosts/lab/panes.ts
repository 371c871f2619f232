/** The notebooks and consoles that are open in the main area. */

import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { Pane } from "./following";

export type { Pane } from "./following";

/** The one that has the kernel. */
export function paneOf(app: JupyterFrontEnd, kernel: string): Pane | undefined {
  return panesIn(app).find(({ sessionContext }) => sessionContext.session?.kernel?.id === kernel);
}

/** The one of a path, with a kernel or without. */
export function paneAt(app: JupyterFrontEnd, path: string): Pane | undefined {
  return panesIn(app).find(({ sessionContext }) => sessionContext.path === path);
}

function panesIn({ shell }: JupyterFrontEnd): readonly Pane[] {
  const all = [...(shell.widgets("main") as Iterable<Partial<Pane>>)];
  return all.filter((one) => one.sessionContext !== undefined) as Pane[];
}

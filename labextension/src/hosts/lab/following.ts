/** Which notebook or console one works in, and its kernel. */

import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { ISessionContext } from "@jupyterlab/apputils";
import type { IConsoleTracker } from "@jupyterlab/console";
import type { INotebookTracker } from "@jupyterlab/notebook";
import type { Kernel } from "@jupyterlab/services";
import type { Widget } from "@lumino/widgets";
import { talkOf } from "./talk";
import { type Watched, watched } from "./watched";

/** A notebook's panel, or a console's. */
export interface Pane extends Widget {
  readonly sessionContext: ISessionContext;
}

export interface Followed {
  readonly pane: Pane;
  readonly kernel: Kernel.IKernelConnection | null;
}

export interface Trackers {
  readonly notebooks: INotebookTracker | null;
  readonly consoles: IConsoleTracker | null;
}

/** The one that was active last, and is still there; it changes with the pane, and with the pane's kernel. */
export type Following = Watched<Followed | undefined>;

const known = new WeakMap<JupyterFrontEnd, Following>();

/** The same one for an application, always. Each kernel has its line from its start: TraceLab may be loaded at any time. */
export function followingOf(app: JupyterFrontEnd, trackers: Trackers): Following {
  const before = known.get(app);
  if (before) return before;
  const made = followingIn(app, trackers);
  known.set(app, made);
  return made;
}

function followingIn(app: JupyterFrontEnd, { notebooks, consoles }: Trackers): Following {
  const trackers = [notebooks, consoles].filter((tracker) => tracker !== null);
  const current = watched<Followed | undefined>(undefined);
  const active = (): Pane | undefined => {
    const before = current.value?.pane;
    const inFront = app.shell.currentWidget;
    const tracked = trackers.map((tracker) => tracker.find((pane: Pane) => pane === inFront) as Pane | undefined);
    const last = trackers.map(({ currentWidget }) => currentWidget as Pane | null);
    return [...tracked, before, ...last].find((pane) => pane && !pane.isDisposed) ?? undefined;
  };
  const look = () => {
    const pane = active();
    const kernel = pane?.sessionContext.session?.kernel ?? null;
    if (pane !== current.value?.pane || kernel !== current.value?.kernel) current.set(pane && { pane, kernel });
  };
  const add = (pane: Pane) => {
    const { sessionContext } = pane;
    const begin = () => {
      const kernel = sessionContext.session?.kernel;
      if (kernel) talkOf(kernel);
      look();
    };
    sessionContext.kernelChanged.connect(begin);
    pane.disposed.connect(look);
    begin();
  };
  for (const tracker of trackers) {
    tracker.forEach(add);
    tracker.widgetAdded.connect((_: unknown, pane: Pane) => add(pane));
    tracker.currentChanged.connect(look);
  }
  app.shell.currentChanged?.connect(look);
  look();
  return current;
}

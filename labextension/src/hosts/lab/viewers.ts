/** The whole viewer of a Trace, in the main area: one for each Trace, live as long as the kernel has it. */

import type { MainAreaWidget } from "@jupyterlab/apputils";
import type { Widget } from "@lumino/widgets";
import { newId, type Talk } from "./asks";
import { type Pane, paneAt, paneOf } from "./panes";
import { sheetOf } from "./panel/sheet";
import type { Again, Room } from "./room";
import { type Showing, showingIn, type Wanted } from "./showing";
import type { Held } from "./traces";

interface Viewer {
  readonly widget: MainAreaWidget;
  readonly showing: Showing;
}

const viewers = new Set<Viewer>();

/** @param beside The viewer at whose side a new one stands. */
export function openViewer(room: Room, talk: Talk, trace: string, wanted: Wanted, beside?: Widget): void {
  const viewer = viewerOf(talk, trace) ?? opened(room, talk, trace, beside);
  // The page may have another connection to the kernel now, as when its notebook was closed and opened.
  if (viewer.showing.talk !== talk) viewer.showing.take(talk);
  viewer.showing.show(wanted);
  room.app.shell.activateById(viewer.widget.id);
  if (!room.isLab) raise(room, viewer.widget);
}

/** Shows it in the viewer that is open, if one is; the keyboard stays where it is. */
export function showFinding(talk: Talk, trace: string, finding: string): void {
  viewerOf(talk, trace)?.showing.show({ finding });
}

/**
 * A viewer that was open when the page was left.
 *
 * @throws Error Where its notebook, or console, is not open: JupyterLab then forgets the viewer.
 */
export async function reopenViewer(room: Room, again: Again): Promise<void> {
  const pane = paneAt(room.app, again.path);
  if (!pane) throw new Error(`${again.path} is not open.`);
  const { widget, showing } = added(room, again, again.key, pane, { activate: false });
  const { sessionContext } = pane;
  const begin = () => {
    const kernel = sessionContext.session?.kernel;
    if (!kernel || showing.talk || widget.isDisposed) return;
    showing.take(room.talkOf(kernel));
  };
  sessionContext.kernelChanged.connect(begin);
  widget.disposed.connect(() => sessionContext.kernelChanged.disconnect(begin));
  begin();
  await room.kept.keep(widget, again);
}

/** The area below Notebook 7's notebook begins with no height. */
function raise({ lent }: Room, widget: Widget): void {
  for (let { parent } = widget; parent; parent = parent.parent) {
    if (!(parent instanceof lent.widgets.SplitPanel) || parent.orientation !== "vertical") continue;
    const [above = 0, below = 0] = parent.relativeSizes();
    if (below < above / 2) parent.setRelativeSizes([1, 1]);
  }
}

function viewerOf(talk: Talk, trace: string): Viewer | undefined {
  return [...viewers].find(({ showing: { talk: own, held } }) => own?.kernel.id === talk.kernel.id && held.trace === trace);
}

function opened(room: Room, talk: Talk, trace: string, beside?: Widget): Viewer {
  const name = sheetOf(talk).listing.value?.traces.find(({ id }) => id === trace)?.name ?? "";
  const place = beside ? ({ mode: "split-right", ref: beside.id } as const) : ({ mode: "tab-after" } as const);
  const made = added(room, { trace, name }, newId(), paneOf(room.app, talk.kernel.id), place);
  made.showing.take(talk);
  return made;
}

type Place = Parameters<Room["app"]["shell"]["add"]>[2];

/** @param key By which JupyterLab knows the tab again. */
function added(room: Room, held: Held, key: string, pane: Pane | undefined, place: Place): Viewer {
  const { app, lent, icon, isLab, trans } = room;
  const content = new lent.widgets.Widget();
  const widget = new lent.apputils.MainAreaWidget({ content });
  widget.id = `tracelab-viewer-${key}`;
  widget.title.closable = true;
  widget.title.label = held.name || trans.__("Trace");
  widget.title.caption = trans.__("What TraceLab found");
  widget.toolbar.hide();
  if (icon) widget.title.icon = icon;
  const showing: Showing = showingIn(room, content.node, held, {
    titled: (living, name) => {
      widget.title.label = name || living.title;
      widget.title.caption = `${living.title}: ${living.verdict}`;
      keep();
    },
    elsewhere: (trace) => {
      const other = showing.talk && viewerOf(showing.talk, trace);
      return other && (() => app.shell.activateById(other.widget.id));
    },
    repaired: (trace) => {
      if (showing.talk) openViewer(room, showing.talk, trace, {}, widget);
    },
  });
  let kept = "";
  const keep = () => {
    if (!pane || widget.isDisposed) return;
    const again = { ...showing.held, path: pane.sessionContext.path, key };
    if (kept !== JSON.stringify(again)) void room.kept.keep(widget, again);
    kept = JSON.stringify(again);
  };
  keep();
  app.shell.add(widget, isLab ? "main" : "down", place);
  const viewer = { widget, showing };
  viewers.add(viewer);
  pane?.sessionContext.propertyChanged.connect(keep);
  widget.disposed.connect(() => {
    viewers.delete(viewer);
    pane?.sessionContext.propertyChanged.disconnect(keep);
    showing.end();
  });
  return viewer;
}

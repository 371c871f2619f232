/** The whole viewer of a Trace, in the main area: one for each Trace, live as long as the kernel has it. */

import type { MainAreaWidget } from "@jupyterlab/apputils";
import type { Widget } from "@lumino/widgets";
import { effect, untracked } from "@preact/signals-core";
import { askingOf } from "../../view/asking";
import { type Mounted, mount } from "../../view/mount";
import type { Store } from "../../view/types";
import { goingFrom } from "../going";
import { themeOf } from "../theme";
import { lifeOf } from "./life";
import { sheetOf } from "./panel/sheet";
import type { Room } from "./room";
import type { Talk } from "./asks";

export interface Wanted {
  /** The id of a finding. */
  readonly finding?: string;
  /** Whether the form is to be open. */
  readonly form?: boolean;
}

interface Viewer {
  readonly widget: MainAreaWidget;
  show(wanted: Wanted): void;
}

const viewers = new Map<string, Viewer>();
let count = 0;

export function openViewer(room: Room, talk: Talk, trace: string, wanted: Wanted): void {
  const viewer = viewers.get(keyOf(talk, trace)) ?? added(room, talk, trace);
  viewer.show(wanted);
  room.app.shell.activateById(viewer.widget.id);
  if (!room.isLab) raise(room, viewer.widget);
}

/** The area below Notebook 7's notebook begins with no height. */
function raise({ lent }: Room, widget: Widget): void {
  for (let { parent } = widget; parent; parent = parent.parent) {
    if (!(parent instanceof lent.widgets.SplitPanel) || parent.orientation !== "vertical") continue;
    const [above = 0, below = 0] = parent.relativeSizes();
    if (below < above / 2) parent.setRelativeSizes([1, 1]);
  }
}

function openBeside(room: Room, talk: Talk, trace: string, beside: string): void {
  const viewer = viewers.get(keyOf(talk, trace)) ?? added(room, talk, trace, beside);
  room.app.shell.activateById(viewer.widget.id);
}

/** Shows it in the viewer that is open, if one is; the keyboard stays where it is. */
export function showFinding(talk: Talk, trace: string, finding: string): void {
  viewers.get(keyOf(talk, trace))?.show({ finding });
}

function keyOf({ kernel }: Talk, trace: string): string {
  return `${kernel.id} ${trace}`;
}

/** @param beside The viewer at whose side it stands. */
function added(room: Room, talk: Talk, trace: string, beside?: string): Viewer {
  const { app, lent, icon, isLab } = room;
  const content = new lent.widgets.Widget();
  const widget = new lent.apputils.MainAreaWidget({ content });
  widget.id = `tracelab-viewer-${++count}`;
  widget.title.closable = true;
  widget.toolbar.hide();
  if (icon) widget.title.icon = icon;
  const key = keyOf(talk, trace);
  app.shell.add(widget, isLab ? "main" : "down", beside === undefined ? { mode: "tab-after" } : { mode: "split-right", ref: beside });
  const shown = showTrace(room, content.node, talk, trace, (repaired) => openBeside(room, talk, repaired, widget.id));
  const untitle = effect(() => {
    const living = sheetOf(talk).listing.value?.traces.find(({ id }) => id === trace);
    const name = living?.name || living?.title;
    if (name || !widget.title.label) widget.title.label = name || room.trans.__("Trace");
    widget.title.caption = living ? `${living.title}: ${living.verdict}` : room.trans.__("What TraceLab found");
  });
  widget.disposed.connect(() => {
    viewers.delete(key);
    untitle();
    shown.end();
  });
  const viewer = { widget, show: shown.show };
  viewers.set(key, viewer);
  return viewer;
}

/** Shows a Trace in an element, until its end. */
function showTrace(room: Room, node: HTMLElement, talk: Talk, trace: string, repaired: (trace: string) => void): { show(wanted: Wanted): void; end(): void } {
  const { trans } = room;
  const [place, note] = [document.createElement("div"), document.createElement("p")];
  place.style.height = "100%";
  note.className = "tracelab-note";
  note.setAttribute("role", "status");
  note.textContent = trans.__("Asking the kernel for the Trace.");
  node.append(note);
  const { theme, end } = themeOf();
  let viewer: Mounted | undefined;
  let store: Store | undefined;
  let wanted: Wanted = {};
  const follow = () => {
    const { finding } = wanted;
    const at = finding === undefined ? -1 : (store?.unpacked.shown.findings.findIndex(({ id }) => id === finding) ?? -1);
    if (at < 0) return;
    store?.goToFinding(at);
    wanted = {};
  };
  const ready = (made: Store) => {
    store = made;
    untracked(follow);
    return () => undefined;
  };
  const life = lifeOf(talk, trace, {
    whole: (bytes, added) => {
      if (viewer) {
        viewer.show(bytes);
        viewer.add(added);
        return;
      }
      node.replaceChildren(place);
      viewer = mount(place, { bytes, added, theme, asking, goTo: goingFrom(place, talk.kernel.id), ready });
    },
    runs: (runs) => viewer?.add(runs),
    late: () => {
      note.textContent = trans.__("The kernel is busy, and has not answered yet: the Trace comes when it has.");
    },
  });
  const asking = askingOf(life.line);
  const unsaid = effect(() => {
    if (life.isAlive.value === false && !viewer) note.textContent = life.line.gone.value;
  });
  const unopened = effect(() => {
    const { applied } = asking.mending.value;
    if (applied) untracked(() => repaired(applied.trace));
  });
  return {
    show: (next) => {
      if (next.form && !asking.open.value) asking.toggle();
      if (next.finding === undefined) return;
      wanted = next;
      follow();
    },
    end: () => {
      unsaid();
      unopened();
      viewer?.dispose();
      asking.dispose();
      life.end();
      end();
    },
  };
}

/** One output: the widget, as long as it lives in the kernel, else the viewer with the document that the output holds. */

import { type App, DOCUMENT, type MimeModel, type Panel, type Renderer, type RendererOptions, WIDGET } from "./jupyter";
import { type Alive, aliveIn, paneOf } from "./living";

/** The viewer's module, which is loaded when the first document is to be shown. */
export interface Viewer {
  show(place: HTMLElement, output: unknown): () => void;
}

export interface Lab {
  readonly app: App;
  newPanel(): Panel;
  load(): Promise<Viewer>;
}

/** The height of the widget, where Python sets none. */
const HEIGHT = "560px";

export function rendererOf(lab: Lab, options: RendererOptions): Renderer {
  const panel = lab.newPanel();
  let model: MimeModel | undefined;
  let end: (() => void) | undefined;
  const begin = () => {
    end?.();
    end = model && showing(lab, panel, options, model);
  };
  // What it is in, and how wide, is known when it is in the page.
  panel.onAfterAttach = () => {
    if (!end) begin();
  };
  panel.disposed.connect(() => end?.());
  const renderModel = async (given: MimeModel) => {
    model = given;
    if (panel.isAttached) begin();
  };
  return Object.assign(panel, { renderModel });
}

/** Shows an output until what is returned is called. */
function showing(lab: Lab, panel: Panel, options: RendererOptions, model: MimeModel): () => void {
  let over = false;
  let ended: (() => void) | undefined;
  let dead: (() => void) | undefined;
  const read = (wanted: boolean) => {
    if (wanted === (ended !== undefined) || over) return;
    ended?.();
    ended = wanted ? reading(lab, panel.node, model.data[DOCUMENT]) : undefined;
  };
  const live = (alive: Alive) => {
    if (!over) dead = living(alive, panel, model, (isLive) => read(!isLive));
  };
  const pane = paneOf(lab.app, options.resolver);
  const soon = pane && aliveIn(pane, idOf(model));
  if (soon?.now) live(soon.now);
  else read(true);
  soon?.later.then((alive) => alive && live(alive));
  return () => {
    over = true;
    ended?.();
    dead?.();
  };
}

function idOf(model: MimeModel): string {
  const view = model.data[WIDGET];
  const id = typeof view === "object" && view !== null && "model_id" in view ? view.model_id : "";
  return typeof id === "string" ? id : "";
}

/** The viewer, with nothing behind it. */
function reading(lab: Lab, node: HTMLElement, output: unknown): () => void {
  const place = document.createElement("div");
  place.style.height = HEIGHT;
  node.append(place);
  let end: (() => void) | undefined;
  let gone = false;
  lab.load().then(
    ({ show }) => {
      if (!gone) end = show(place, output);
    },
    () => {
      place.textContent = "TraceLab's viewer could not be loaded from the server. Is it running? Then reload the page.";
    },
  );
  return () => {
    gone = true;
    end?.();
    place.remove();
  };
}

/** ipywidgets' own renderer, within ours; it is told of each time that the widget comes or goes. */
function living({ registry }: Alive, panel: Panel, model: MimeModel, told: (isLive: boolean) => void): () => void {
  const child = registry.createRenderer(WIDGET);
  // It says in words that there is no widget, and puts the widget there as an element.
  const look = () => {
    const isLive = child.node.firstElementChild !== null;
    if (isLive) child.show();
    else child.hide();
    told(isLive);
  };
  const seen = new MutationObserver(look);
  child.hide();
  panel.addWidget(child);
  child.renderModel(model).then(look, look).then(() => seen.observe(child.node, { childList: true }));
  return () => {
    seen.disconnect();
    child.dispose();
  };
}

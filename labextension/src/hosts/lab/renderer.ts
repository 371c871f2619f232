/** One output: the widget, as long as it lives in the kernel, else the viewer with the document that the output holds. */

import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { ISessionContext } from "@jupyterlab/apputils";
import type { IRenderMime } from "@jupyterlab/rendermime";
import type { Panel } from "@lumino/widgets";
import { DOCUMENT, WIDGET } from "./jupyter";
import { type Alive, aliveIn, paneOf } from "./living";
import type { Load } from "./plugins";
import { type Talk, talkOf } from "./talk";
import { type Watched, watched } from "./watched";

export interface Lab {
  readonly app: JupyterFrontEnd;
  readonly load: Load;
  /** Calls when it has come into the page, which can be more than once. */
  newPanel(attached: () => void): Panel;
}

/** The height of the widget, where Python sets none. */
const HEIGHT = "560px";

export function rendererOf(lab: Lab, options: IRenderMime.IRendererOptions): IRenderMime.IRenderer {
  let model: IRenderMime.IMimeModel | undefined;
  let end: (() => void) | undefined;
  const begin = () => {
    end?.();
    end = model && showing(lab, panel, options, model);
  };
  // What it is in, and how wide, is known when it is in the page.
  const panel = lab.newPanel(() => {
    if (!end) begin();
  });
  panel.disposed.connect(() => end?.());
  const renderModel = async (given: IRenderMime.IMimeModel) => {
    model = given;
    if (panel.isAttached) begin();
  };
  return Object.assign(panel, { renderModel });
}

/** Shows an output until what is returned is called. */
function showing(lab: Lab, panel: Panel, options: IRenderMime.IRendererOptions, model: IRenderMime.IMimeModel): () => void {
  let over = false;
  let ended: (() => void) | undefined;
  let dead: (() => void) | undefined;
  const read = (wanted: boolean) => {
    if (wanted === (ended !== undefined) || over) return;
    ended?.();
    ended = wanted ? reading(lab, panel.node, model.data[DOCUMENT], talks) : undefined;
  };
  const live = (alive: Alive) => {
    if (!over) dead = living(alive, panel, model, (isLive) => read(!isLive));
  };
  const pane = paneOf(lab.app, options.resolver);
  const { talks, end } = talksOf(pane?.context);
  const soon = pane && aliveIn(pane, idOf(model));
  if (soon?.now) live(soon.now);
  else read(true);
  soon?.later.then((alive) => alive && live(alive));
  return () => {
    over = true;
    ended?.();
    dead?.();
    end();
  };
}

/** The line to whatever kernel a notebook has. */
function talksOf(context: ISessionContext | undefined): { readonly talks: Watched<Talk | undefined>; end(): void } {
  const now = () => {
    const kernel = context?.session?.kernel;
    return kernel ? talkOf(kernel) : undefined;
  };
  const talks = watched(now());
  const look = () => talks.set(now());
  context?.kernelChanged.connect(look);
  return { talks, end: () => void context?.kernelChanged.disconnect(look) };
}

function idOf(model: IRenderMime.IMimeModel): string {
  const view = model.data[WIDGET];
  const id = typeof view === "object" && view !== null && "model_id" in view ? view.model_id : "";
  return typeof id === "string" ? id : "";
}

/** The viewer, with what the output holds; live while a kernel has the Trace. */
function reading(lab: Lab, node: HTMLElement, output: unknown, talks: Watched<Talk | undefined>): () => void {
  const place = document.createElement("div");
  place.style.height = HEIGHT;
  node.append(place);
  let end: (() => void) | undefined;
  let gone = false;
  lab.load().then(
    ({ show }) => {
      if (!gone) end = show(place, output, talks);
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
function living({ registry }: Alive, panel: Panel, model: IRenderMime.IMimeModel, told: (isLive: boolean) => void): () => void {
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

/** One file in a tab: shown, and shown anew when it changes on the disk. */

import type { DocumentRegistry } from "@jupyterlab/docregistry";
import type { Contents } from "@jupyterlab/services";
import type { Widget } from "@lumino/widgets";
import type { Lent } from "../lent";
import type { Load } from "../plugins";

type Context = DocumentRegistry.IContext<DocumentRegistry.IModel>;

export interface Shelf {
  readonly contents: Contents.IManager;
  readonly load: Load;
  /** What the viewer is given for a file. */
  read(path: string): Promise<Uint8Array>;
  /** Where the viewer itself cannot be had. */
  readonly unloaded: string;
}

/** How often a file that is in view is looked at: JupyterLab itself does not notice that one changes. */
const LOOK_MS = 2000;

/** The content of the tab, and when there is something to see in it. */
export function viewOf(lent: Lent, shelf: Shelf, context: Context): { content: Widget; shown: Promise<void> } {
  const place = document.createElement("div");
  class View extends lent.widgets.Widget {
    protected override onActivateRequest(): void {
      place.shadowRoot?.querySelector<HTMLElement>(".viewer")?.focus({ preventScroll: true });
    }
  }
  place.style.height = "100%";
  const content = new View();
  content.node.append(place);
  const path = () => shelf.contents.localPath(context.path);
  const shown = context.ready.then(() => showing(shelf, context, content, place, path));
  return { content, shown };
}

async function showing(shelf: Shelf, context: Context, content: Widget, place: HTMLElement, path: () => string): Promise<void> {
  const first = shelf.read(path());
  first.catch(() => {}); // the viewer says it
  const loaded = await shelf.load().catch(() => undefined);
  if (content.isDisposed) return;
  if (!loaded) {
    place.textContent = shelf.unloaded;
    return;
  }
  const viewer = loaded.open(place, first);
  const again = () => viewer.show(shelf.read(path()));
  context.fileChanged.connect(again);
  const timer = setInterval(() => {
    if (content.isVisible && document.visibilityState === "visible") look(shelf, context);
  }, LOOK_MS);
  content.disposed.connect(() => {
    clearInterval(timer);
    context.fileChanged.disconnect(again);
    viewer.end();
  });
  await viewer.settled();
}

/** A file that is gone stays shown: it may come back, as one does that is written anew. */
async function look(shelf: Shelf, context: Context): Promise<void> {
  const now = await shelf.contents.get(context.path, { content: false }).catch(() => undefined);
  if (now && !context.isDisposed && now.last_modified !== context.contentsModel?.last_modified) await context.revert();
}

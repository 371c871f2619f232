/** Whether an output's widget lives: whether the kernel still has the comm that it was made with. */

import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { ISessionContext } from "@jupyterlab/apputils";
import type { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import type { Kernel } from "@jupyterlab/services";
import type { Widget } from "@lumino/widgets";
import { WIDGET } from "./jupyter";

/** A notebook's panel, or a console's; or what is neither. */
interface Pane extends Widget {
  readonly content?: { readonly rendermime?: IRenderMimeRegistry };
  readonly console?: { readonly rendermime?: IRenderMimeRegistry };
  readonly sessionContext?: ISessionContext;
}

/** Where a widget that lives is shown. */
export interface Alive {
  readonly registry: IRenderMimeRegistry;
}

interface Found extends Alive {
  readonly context: ISessionContext;
}

const TARGET = "jupyter.widget";

/** The notebook, or the console, that an output is of: by its resolver, for a view of the output can be anywhere. */
export function paneOf(app: JupyterFrontEnd, resolver: object | null): Found | undefined {
  if (resolver === null) return undefined;
  for (const { content, console: shell, sessionContext: context } of app.shell.widgets("main") as Iterable<Pane>) {
    const registry = content?.rendermime ?? shell?.rendermime;
    if (registry?.resolver === resolver && context) return { registry, context };
  }
  return undefined;
}

/**
 * `now`, where the page knows of the widget, as when its cell has just run. `later`, once the kernel is asked: a page that
 * was loaded anew finds the widgets of a kernel that ran on. ipywidgets itself asks by trying, and writes errors to the console.
 */
export function aliveIn(found: Found, id: string): { now: Alive | undefined; later: Promise<Alive | undefined> } {
  if (id === "" || !found.registry.mimeTypes.includes(WIDGET)) return { now: undefined, later: Promise.resolve(undefined) };
  const now = found.context.session?.kernel?.hasComm(id) ? found : undefined;
  const asked = async () => {
    await found.context.ready;
    const kernel = found.context.session?.kernel;
    return kernel && (await has(kernel, id)) ? found : undefined;
  };
  return { now, later: now ? Promise.resolve(undefined) : asked().catch(() => undefined) };
}

/** A kernel that ends before it answers has no widget. */
async function has(kernel: Kernel.IKernelConnection, id: string): Promise<boolean> {
  if (kernel.hasComm(id)) return true;
  const { content } = await kernel.requestCommInfo({ target_name: TARGET });
  return content.status === "ok" && id in content.comms;
}

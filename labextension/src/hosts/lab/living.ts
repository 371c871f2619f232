/** Whether an output's widget lives: whether the kernel still has the comm that it was made with. */

import { type App, type Kernel, type Registry, type SessionContext, WIDGET } from "./jupyter";

/** Where a widget that lives is shown. */
export interface Alive {
  readonly registry: Registry;
}

interface Found extends Alive {
  readonly context: SessionContext;
}

const TARGET = "jupyter.widget";

/** The notebook, or the console, that an output is of: by its resolver, for a view of the output can be anywhere. */
export function paneOf(app: App, resolver: object | null): Found | undefined {
  if (resolver === null) return undefined;
  for (const { content, console: shell, sessionContext: context } of app.shell.widgets("main")) {
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
async function has(kernel: Kernel, id: string): Promise<boolean> {
  if (kernel.hasComm(id)) return true;
  const { comms } = (await kernel.requestCommInfo({ target_name: TARGET })).content;
  return comms !== undefined && id in comms;
}

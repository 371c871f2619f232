/**
 * The extension's door, which JupyterLab opens by webpack's protocol: `init` lends the modules that all share, `get` gives
 * ours. Written by hand, because two functions need no bundler of JupyterLab's own.
 */

import type { Panel } from "./jupyter";
import { pluginOf } from "./plugin";

type Module = Readonly<Record<string, unknown>>;
type Lent = Readonly<Record<string, Readonly<Record<string, { get(): (() => Module) | Promise<() => Module> }>>>>;

interface Container {
  init(lent: Lent): void;
  get(name: string): Promise<() => Module>;
}

declare global {
  interface Window {
    _JUPYTERLAB?: Record<string, Container>;
  }
}

/** The viewer's file, beside this one; its name has a hash of what is in it. */
declare const VIEWER: string;

// Known only while this script runs for the first time.
const here = (document.currentScript as HTMLScriptElement | null)?.src ?? location.href;
let shared: Lent = {};

window._JUPYTERLAB ??= {};
window._JUPYTERLAB.tracelab = {
  init: (lent) => {
    shared = lent;
  },
  get: async (name) => {
    if (name !== "./extension") throw new Error(`tracelab has no module ${name}`);
    const [widgets, rendermime] = await Promise.all([borrowed("@lumino/widgets"), borrowed("@jupyterlab/rendermime")]);
    const exported = pluginOf({
      newPanel: () => new (widgets.Panel as new () => Panel)(),
      token: rendermime.IRenderMimeRegistry,
      load: () => import(new URL(VIEWER, here).href),
    });
    return () => ({ __esModule: true, default: exported });
  },
};

/** JupyterLab's own, of which there is one: a copy would be another class, and another token. */
async function borrowed(name: string): Promise<Module> {
  const [version] = Object.values(shared[name] ?? {});
  if (version === undefined) throw new Error(`tracelab needs ${name}, which this JupyterLab does not share`);
  return (await version.get())();
}

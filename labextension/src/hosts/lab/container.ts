/**
 * The extension's door, which JupyterLab opens by webpack's protocol: `init` lends the modules that all share, `get` gives
 * ours. Written by hand, because two functions need no bundler of JupyterLab's own.
 */

import { borrowed, type Scope } from "./lent";
import { pluginsOf } from "./plugins";

interface Container {
  init(scope: Scope): void;
  get(name: string): Promise<() => object>;
}

declare global {
  interface Window {
    _JUPYTERLAB?: Record<string, Container>;
  }
}

/** The file with all that is loaded late, beside this one; its name has a hash of what is in it. */
declare const LATE: string;

// Known only while this script runs for the first time.
const here = (document.currentScript as HTMLScriptElement | null)?.src ?? location.href;
let shared: Scope = {};

window._JUPYTERLAB ??= {};
window._JUPYTERLAB.tracelab = {
  init: (scope) => {
    shared = scope;
  },
  get: async (name) => {
    if (name !== "./extension") throw new Error(`tracelab has no module ${name}`);
    const plugins = pluginsOf(await borrowed(shared), () => import(new URL(LATE, here).href));
    return () => ({ __esModule: true, default: plugins });
  },
};

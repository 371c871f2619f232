/** JupyterLab's side of it: outputs that hold a document are shown by the viewer. */

import { type App, DOCUMENT, type Registry } from "./jupyter";
import { type Lab, rendererOf } from "./renderer";

/** Before the widget view's -10: where no widget lives, ipywidgets has nothing to show but that. */
const RANK = -20;

interface Borrowed extends Omit<Lab, "app"> {
  readonly token: unknown;
}

export function pluginOf({ token, ...lent }: Borrowed): object {
  return {
    id: "tracelab:output",
    description: "Shows what TraceLab found, in notebooks that are opened again too.",
    autoStart: true,
    requires: [token],
    activate: (app: App, registry: Registry) => {
      const lab = { ...lent, app };
      // Not safe: an output that is not trusted stays the picture, as nothing of the widget's is run there.
      registry.addFactory({ safe: false, mimeTypes: [DOCUMENT], createRenderer: (options) => rendererOf(lab, options) }, RANK);
    },
  };
}

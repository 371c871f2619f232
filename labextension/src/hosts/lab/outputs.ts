/** Outputs that hold a document are shown by the viewer. */

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import type { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { DOCUMENT } from "./jupyter";
import type { Lent } from "./lent";
import type { Load } from "./plugins";
import { rendererOf } from "./renderer";

/** Before the widget view's -10: where no widget lives, ipywidgets has nothing to show but that. */
const RANK = -20;

export function outputs(lent: Lent, load: Load): JupyterFrontEndPlugin<void> {
  class Placed extends lent.widgets.Panel {
    constructor(private readonly attached: () => void) {
      super();
    }

    protected override onAfterAttach(): void {
      this.attached();
    }
  }
  return {
    id: "tracelab:output",
    description: "Shows what TraceLab found, in notebooks that are opened again too.",
    autoStart: true,
    requires: [lent.rendermime.IRenderMimeRegistry],
    activate: (app: JupyterFrontEnd, registry: IRenderMimeRegistry) => {
      const lab = { app, load, newPanel: (attached: () => void) => new Placed(attached) };
      // Not safe: an output that is not trusted stays the picture, as nothing of the widget's is run there.
      registry.addFactory({ safe: false, mimeTypes: [DOCUMENT], createRenderer: (options) => rendererOf(lab, options) }, RANK);
    },
  };
}

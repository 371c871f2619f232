/** What JupyterLab holds of a file that is open: nothing, as the server reads it and the viewer shows it. */

import type { DocumentRegistry } from "@jupyterlab/docregistry";
import type { Lent } from "../lent";

/** Of a factory and of its models. */
export const MODEL = "tracelab";

export function modelFactory(lent: Lent, refuse: () => string): DocumentRegistry.IModelFactory<DocumentRegistry.IModel> {
  return {
    name: MODEL,
    contentType: "file",
    // No content is asked for: a capture can have hundreds of megabytes.
    fileFormat: null,
    isDisposed: false,
    dispose: () => {},
    preferredLanguage: () => "",
    createNew: () => emptyModel(lent, refuse),
  };
}

/** Read only. As a shared one JupyterLab lays no copy beside the file that is opened, which it calls a checkpoint. */
function emptyModel(lent: Lent, refuse: () => string): DocumentRegistry.IModel {
  const model = new lent.docregistry.DocumentModel({ collaborationEnabled: true });
  model.readOnly = true;
  // Whatever wants to save it would write an empty file.
  model.toString = () => {
    throw new Error(refuse());
  };
  return model;
}

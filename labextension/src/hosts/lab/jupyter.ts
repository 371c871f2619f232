/** The words that our outputs and ipywidgets' have. */

/** The document, as `tracelab/jupyter/bundle.py` writes it into an output. */
export const DOCUMENT = "application/vnd.tracelab+json";
/** Where ipywidgets' live view stands in the same output. */
export const WIDGET = "application/vnd.jupyter.widget-view+json";

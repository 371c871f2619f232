/** The viewer for an output of a notebook, a file of its own: a page without such an output does not load it. */

import { fromBase64 } from "../../model/base64";
import { mount } from "../../view/mount";
import { themeOf } from "../theme";

/** Of what stands in the output, as `tracelab/jupyter/bundle.py` counts. */
const VERSION = 1;

/** Shows an output's document until what is returned is called. */
export function show(place: HTMLElement, output: unknown): () => void {
  const { theme, end } = themeOf();
  const viewer = mount(place, { bytes: bytesOf(output), theme });
  return () => {
    viewer.dispose();
    end();
  };
}

async function bytesOf(output: unknown): Promise<Uint8Array> {
  const { version, packed } = (typeof output === "object" && output !== null ? output : {}) as Readonly<Record<string, unknown>>;
  if (version !== VERSION) {
    throw new Error(`The output is of version ${String(version)}; this viewer reads version ${VERSION}. Run the cell again.`);
  }
  if (typeof packed !== "string") throw new Error("The output holds no document. Run the cell again.");
  try {
    return fromBase64(packed);
  } catch {
    throw new Error("The output's document is damaged: it is not base64. Run the cell again.");
  }
}

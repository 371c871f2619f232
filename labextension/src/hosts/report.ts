/** The report: one file with the capture in it. Works from file://, in sandboxed frames, and without the network. */

import { fromBase64 } from "../model/base64";
import { mount } from "../view/mount";
import { showPair } from "./pair";

/** The page's own content is what print shows, and what is left where this script does not run. */
const PAGE = `
@media screen {
  html:has(#tracelab:not([data-state="failed"])), html:has(#tracelab:not([data-state="failed"])) body {
    height: 100%; margin: 0; padding: 0; overflow: hidden;
  }
  #tracelab:not([data-state="failed"]) { position: fixed; inset: 0; }
  body:has(#tracelab:not([data-state="failed"])) > #static { display: none; }
}
@media print { #tracelab { display: none; } }
`;

showPair();
const place = document.getElementById("tracelab");
const data = document.getElementById("tracelab-data");
if (place && data) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(PAGE);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  mount(place, {
    bytes: decoded(data),
    fragment: { read: () => location.hash, write },
    address: location.href.replace(/#.*/, ""),
    focus: document.activeElement === document.body,
  });
}

async function decoded(element: HTMLElement): Promise<Uint8Array> {
  const text = (element.textContent ?? "").trim();
  element.textContent = "";
  return fromBase64(text);
}

/** A frame made of srcdoc may not change its address; the viewer does without. */
function write(text: string): void {
  try {
    history.replaceState(history.state, "", `#${text}`);
  } catch {
    // The link can still be copied from the menu.
  }
}

/** Two viewers in one page, and a table above them: who chooses a line sees its finding in both. */

import { fromBase64 } from "../model/base64";
import { mount } from "../view/mount";
import { copied } from "../view/save";
import type { Store } from "../view/types";

const SIDES = ["first", "second"] as const;

/** Where there are two, and not one. */
export function showPair(): void {
  const places = Array.from(document.querySelectorAll<HTMLElement>(".side[data-bytes]"));
  if (places.length === 0) return;
  const stores: (Store | undefined)[] = [];
  places.forEach((place, side) => {
    place.classList.add("live");
    mount(place, {
      bytes: decoded(document.getElementById(place.dataset.bytes ?? "")),
      name: `TraceLab: ${place.dataset.name ?? ""}`,
      ready: (store) => {
        stores[side] = store;
        return () => undefined;
      },
    });
  });
  choosing(stores);
  for (const text of document.querySelectorAll<HTMLElement>("[data-copy]")) takeable(text);
}

async function decoded(element: HTMLElement | null): Promise<Uint8Array> {
  const text = (element?.textContent ?? "").trim();
  if (element) element.textContent = "";
  return fromBase64(text);
}

/** A line's name becomes a button; the whole row may be clicked. */
function choosing(stores: readonly (Store | undefined)[]): void {
  const table = document.getElementById("places");
  const rows = Array.from(table?.querySelectorAll<HTMLElement>("tbody tr") ?? []);
  table?.classList.add("live");
  for (const row of rows) {
    const name = row.querySelector("strong");
    if (!name) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...name.childNodes);
    name.replaceWith(button);
    row.addEventListener("click", () => {
      for (const each of rows) each.removeAttribute("aria-current");
      row.setAttribute("aria-current", "true");
      for (const [at, side] of SIDES.entries()) show(stores[at], row.dataset[side]);
      document.getElementById("sides")?.scrollIntoView({ block: "nearest" });
    });
  }
}

/** A side that claims nothing of the line has none of its findings in view. */
function show(store: Store | undefined, place: string | undefined): void {
  if (!store) return;
  if (place === undefined) store.finding.value = null;
  else store.goToFinding(Number(place));
}

function takeable(text: HTMLElement): void {
  const [box, button] = [document.createElement("div"), document.createElement("button")];
  box.className = "taking";
  button.type = "button";
  button.textContent = "Copy";
  button.setAttribute("aria-label", `Copy ${text.dataset.copy}`);
  button.addEventListener("click", async () => {
    button.textContent = (await copied(text.textContent ?? "")) ? "Copied" : "Select it and copy by hand";
  });
  text.replaceWith(box);
  box.append(text, button);
}

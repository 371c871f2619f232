/** The notebook's widget, as anywidget asks for it: no globals, nothing of the page but its theme, nothing fetched. */

import { type Signal, signal } from "@preact/signals-core";
import { askingOf } from "../view/asking";
import { mount } from "../view/mount";
import { lineTo } from "./line";
import { type Model, steer } from "./steering";

interface Asked {
  readonly model: Model;
  readonly el: HTMLElement;
}

/** Shows the widget's document in an element, until what is returned is called. */
function render({ model, el }: Asked): () => void {
  const place = document.createElement("div");
  el.append(place);
  const [theme, unthemed] = themeOf(model);
  const size = () => {
    place.style.height = `${Number(model.get("height")) || 560}px`;
  };
  const line = model.get("live") === true ? lineTo(model) : undefined;
  const asking = line && askingOf(line);
  const bytes = async () => bytesOf(model.get("document"));
  const runs = () => [model.get("added") ?? []].flat().map(bytesOf);
  const viewer = mount(place, { bytes: bytes(), added: runs(), theme, asking, ready: (store) => steer(store, model) });
  const show = () => viewer.show(bytesOf(model.get("document")));
  const add = () => viewer.add(runs());
  const heard = [["height", size], ["document", show], ["added", add]] as const;
  size();
  for (const [name, hear] of heard) model.on(`change:${name}`, hear);
  return () => {
    for (const [name, hear] of heard) model.off(`change:${name}`, hear);
    viewer.dispose();
    asking?.dispose();
    line?.end();
    unthemed();
    place.remove();
  };
}

/** A copy: the view lies at any offset in a message, and numbers are read at multiples of eight. */
function bytesOf(sent: unknown): Uint8Array {
  if (sent instanceof ArrayBuffer) return new Uint8Array(sent.slice(0));
  if (!ArrayBuffer.isView(sent)) throw new Error("the kernel has sent no document");
  return new Uint8Array(sent.buffer, sent.byteOffset, sent.byteLength).slice();
}

/** What Python asks for; else JupyterLab's theme, which it writes at the body; else the system's. */
function themeOf(model: Model): [Signal<"light" | "dark">, () => void] {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const theme = signal<"light" | "dark">("light");
  const look = () => {
    const { jpThemeLight } = document.body.dataset;
    const isDark = jpThemeLight === undefined ? system.matches : jpThemeLight === "false";
    const asked = model.get("theme");
    theme.value = asked === "light" || asked === "dark" ? asked : isDark ? "dark" : "light";
  };
  const page = new MutationObserver(look);
  page.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  system.addEventListener("change", look);
  model.on("change:theme", look);
  look();
  const end = () => {
    page.disconnect();
    system.removeEventListener("change", look);
    model.off("change:theme", look);
  };
  return [theme, end];
}

export default { render };

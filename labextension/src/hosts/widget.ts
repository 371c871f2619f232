/** The notebook's widget, as anywidget asks for it: no globals, nothing of the page but its theme, nothing fetched. */

import { askingOf } from "../view/asking";
import { mount } from "../view/mount";
import { goingFrom } from "./going";
import { lineTo } from "./line";
import { type Model, steer } from "./steering";
import { themeOf } from "./theme";

interface Asked {
  readonly model: Model;
  readonly el: HTMLElement;
}

/** Shows the widget's document in an element, until what is returned is called. */
function render({ model, el }: Asked): () => void {
  const place = document.createElement("div");
  el.append(place);
  const { theme, look, end } = themeOf(() => model.get("theme"));
  const size = () => {
    place.style.height = `${Number(model.get("height")) || 560}px`;
  };
  const line = model.get("live") === true ? lineTo(model) : undefined;
  const asking = line && askingOf(line);
  const bytes = async () => bytesOf(model.get("document"));
  const runs = () => [model.get("added") ?? []].flat().map(bytesOf);
  const goTo = goingFrom(place);
  const viewer = mount(place, { bytes: bytes(), added: runs(), theme, asking, goTo, ready: (store) => steer(store, model) });
  const show = () => viewer.show(bytesOf(model.get("document")));
  const add = () => viewer.add(runs());
  const heard = [["height", size], ["document", show], ["added", add], ["theme", look]] as const;
  size();
  for (const [name, hear] of heard) model.on(`change:${name}`, hear);
  return () => {
    for (const [name, hear] of heard) model.off(`change:${name}`, hear);
    viewer.dispose();
    asking?.dispose();
    line?.end();
    end();
    place.remove();
  };
}

/** A copy: the view lies at any offset in a message, and numbers are read at multiples of eight. */
function bytesOf(sent: unknown): Uint8Array {
  if (sent instanceof ArrayBuffer) return new Uint8Array(sent.slice(0));
  if (!ArrayBuffer.isView(sent)) throw new Error("the kernel has sent no document");
  return new Uint8Array(sent.buffer, sent.byteOffset, sent.byteLength).slice();
}

export default { render };

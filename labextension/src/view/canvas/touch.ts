/** What a hand on the drawing does to the store. */

import type { Store } from "../types";
import { type Size, toScene } from "./camera";
import type { Drawing } from "./drawing";
import type { Hand } from "./hand";
import { type Hit, hitAt, isFold, isHolder } from "./hit";
import type { Palette } from "./palette";
import type { Pilot } from "./pilot";
import { NODE, STRETCH, stretchOf, STUB } from "./places";
import type { Tip } from "./tip";
import { saidOf } from "./words";

const TIP_MS = 250;

export interface Sight {
  drawing(): Drawing | null;
  palette(): Palette;
  view(): Size;
  /** The item under the pointer, -1 for none, is shown to be so. */
  point(item: number): void;
}

/** Selects an item; the stub of a portal leads to where its value is computed. */
export function select(store: Store, drawing: Drawing, item: number): void {
  const ref = drawing.scene.ref[item]!;
  const kind = drawing.scene.kind[item]!;
  if (kind === STUB) store.goToNode(ref);
  else store.selected.value = kind === NODE || kind === STRETCH ? { kind: "node", node: ref } : { kind: "scope", scope: ref };
}

export function handOf(store: Store, pilot: Pilot, tip: Tip, sight: Sight): Hand {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const under = (x: number, y: number): Hit | null => {
    const drawing = sight.drawing();
    return drawing && hitAt(drawing, ...toScene(pilot.camera(), x, y));
  };
  const tell = (item: number, x: number, y: number) => {
    const drawing = sight.drawing();
    if (!drawing || item >= drawing.scene.count) return;
    tip.show(
      saidOf(drawing.graph, drawing.scene, item, store.unpacked.shown.files),
      x,
      y,
      sight.view(),
      sight.palette(),
    );
  };
  let pointed = -1;
  return {
    pan: pilot.pan,
    zoom: pilot.zoom,
    hover: (at) => {
      const hit = at && under(...at);
      const item = hit && hit.part !== "inside" ? hit.item : -1;
      clearTimeout(waiting);
      if (item !== pointed) tip.hide();
      pointed = item;
      sight.point(item);
      if (at && item >= 0) waiting = setTimeout(() => tell(item, ...at), TIP_MS);
    },
    click: (x, y) => {
      const [hit, drawing] = [under(x, y), sight.drawing()];
      if (!hit || !drawing) store.selected.value = { kind: "nothing" };
      else if (hit.part === "sign") toggle(store, drawing, hit.item);
      else select(store, drawing, hit.item);
    },
    open: (x, y) => {
      const [hit, drawing] = [under(x, y), sight.drawing()];
      if (hit?.part === "head" && drawing && isHolder(drawing, hit.item)) toggle(store, drawing, hit.item);
    },
  };
}

function toggle(store: Store, drawing: Drawing, item: number): void {
  const ref = drawing.scene.ref[item]!;
  if (drawing.scene.kind[item] === STRETCH) store.spread(stretchOf(drawing.scene, drawing.graph, item));
  else if (isFold(drawing, item)) store.toggleFold(ref);
  else store.toggleScope(ref);
}

/** The panel's content, drawn into its widget when that is first shown. */

import { computed, effect, signal, untracked } from "@preact/signals";
import { h, render } from "preact";
import type { Room } from "../room";
import { Panel } from "./Panel";
import { css } from "./panel.css";
import { followed, type Sheet, sheetOf } from "./sheet";

export function drawPanel(room: Room, place: HTMLElement): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const now = followed(room.following);
  const isVisible = followed(room.visible);
  const current = computed(() => (now.value?.kernel ? sheetOf(room.talkOf(now.value.kernel)) : null));
  // Only the one that is looked at asks.
  const before = signal<Sheet | null>(null);
  effect(() => {
    const [one, isActive] = [current.value, isVisible.value];
    untracked(() => {
      if (before.value && before.value !== one) before.value.active.value = false;
      if (one) one.active.value = isActive;
      before.value = one;
    });
  });
  render(h(Panel, { room, followed: now, sheet: current }), place);
}

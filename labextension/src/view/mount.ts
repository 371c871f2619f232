/** The one way in: puts the viewer into an element of whatever page holds it. */

import { effect, type Signal } from "@preact/signals-core";
import { h, render } from "preact";
import { unpack } from "../model/unpack";
import { read, written } from "./fragment";
import { follow, linkOf } from "./link";
import { Damaged } from "./panes/Damaged";
import { Layout } from "./panes/Layout";
import { type Screen, screenOf } from "./screen";
import { storeOf } from "./store";
import type { Store } from "./types";
import { css } from "./viewer.css";

export interface Host {
  readonly bytes: Uint8Array | Promise<Uint8Array>;
  /** Without one the viewer follows the system. */
  readonly theme?: Signal<"light" | "dark">;
  readonly fragment?: { read(): string; write(text: string): void };
  /** The address of the page without its fragment, for links that are copied. */
  readonly address?: string;
  /** Is given the store when there is one; what it returns is called at the end. */
  readonly ready?: (store: Store) => () => void;
  /** Takes the keyboard when it is ready: for a page that holds nothing else. */
  readonly focus?: boolean;
}

export interface Mounted {
  dispose(): void;
}

const WRITE_MS = 250;

export function mount(element: HTMLElement, host: Host): Mounted {
  const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet()];
  // Shadow roots hide what is inside from JupyterLab, which looks for this at the element that a key seems to come from.
  element.dataset.lmSuppressShortcuts = "true";
  element.dataset.state = "loading";
  const ends: (() => void)[] = [() => render(null, root)];
  let gone = false;
  const start = async () => {
    try {
      const store = storeOf(await unpack(await host.bytes));
      if (gone) return;
      ends.push(following(store, host));
      if (host.ready) ends.push(host.ready(store));
      render(h(Layout, { screen: screenFor(store, host) }), root);
      element.dataset.state = "ready";
      if (host.focus) root.querySelector<HTMLElement>(".viewer")?.focus({ preventScroll: true });
    } catch (problem) {
      if (gone) return;
      element.dataset.state = "failed";
      render(h(Damaged, { why: problem instanceof Error ? problem.message : String(problem) }), root);
    }
  };
  void start();
  return {
    dispose: () => {
      gone = true;
      for (const end of ends.reverse()) end();
    },
  };
}

/** A constructed sheet passes the strictest policy, where a <style> would not. */
function sheet(): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
}

function screenFor(store: Store, host: Host): Screen {
  const { address } = host;
  return screenOf(store, address === undefined ? null : () => `${address}#${written(linkOf(store))}`);
}

/** The theme and the link, for as long as the viewer is there. */
function following(store: Store, host: Host): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const darken = () => {
    store.dark.value = host.theme ? host.theme.value === "dark" : system.matches;
  };
  system.addEventListener("change", darken);
  const ends = [effect(darken), () => system.removeEventListener("change", darken)];
  const { fragment } = host;
  const link = fragment?.read().replace(/^#/, "") ?? "";
  if (link !== "") follow(store, read(link));
  else goToWorst(store);
  if (fragment) ends.push(writing(store, fragment.write));
  return () => {
    for (const end of ends) end();
  };
}

/** What harms, or may, is what one has come for. */
function goToWorst(store: Store): void {
  const [worst] = store.unpacked.shown.findings;
  if (worst?.look === "error" || worst?.look === "warning") store.goToFinding(0);
}

/** Not at once: browsers refuse a page that writes its address too often. */
function writing(store: Store, write: (text: string) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let first = true;
  const stop = effect(() => {
    for (const part of [store.graph, store.selected, store.opened, store.finding, store.run, store.filter]) void part.value;
    clearTimeout(timer);
    if (!first) timer = setTimeout(() => write(written(linkOf(store))), WRITE_MS);
    first = false;
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}

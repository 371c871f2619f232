/** The one way in: puts the viewer into an element of whatever page holds it. */

import { effect, type ReadonlySignal, type Signal } from "@preact/signals-core";
import { h, render } from "preact";
import { unpack, unpackRun } from "../model/unpack";
import type { Asking } from "./asking";
import { read, written } from "./fragment";
import { carry, carryOver, follow, isAlike, linkOf } from "./link";
import { Damaged } from "./panes/Damaged";
import { Layout } from "./panes/Layout";
import { cureOf } from "./refusal";
import { type Screen, screenOf } from "./screen";
import { storeOf } from "./store";
import type { GoTo, Note, Store } from "./types";
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
  /** The form, where there is a kernel that can run again. */
  readonly asking?: Asking;
  /** Shows a line where the user writes their code, where the page has such a place. */
  readonly goTo?: GoTo;
  /** What is to be said of the document. */
  readonly note?: ReadonlySignal<Note | null>;
  /** Which of a page's viewers it is, where there are several. */
  readonly name?: string;
  /** Runs that were made after the document. */
  readonly added?: readonly Uint8Array[];
}

export interface Mounted {
  /**
   * Shows another document, and leaves open, selected and filtered what the one before has too.
   *
   * @param asking The form of another trace, in place of the one before.
   */
  show(bytes: Host["bytes"], asking?: Asking): void;
  /** All Runs that were made after the document, those that are there already too. */
  add(runs: readonly Uint8Array[]): void;
  /** When all that was asked for so far is in view, or why it cannot be. */
  settled(): Promise<void>;
  dispose(): void;
}

const WRITE_MS = 250;

export function mount(element: HTMLElement, first: Host): Mounted {
  let host = first;
  const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet()];
  // Shadow roots hide what is inside from JupyterLab, which looks for this at the element that a key seems to come from.
  element.dataset.lmSuppressShortcuts = "true";
  element.dataset.state = "loading";
  let ends: (() => void)[] = [];
  let gone = false;
  let known = 0;
  let screen: Screen | undefined;
  const leave = () => {
    for (const end of ends.reverse()) end();
    ends = [];
  };
  const showing = async (bytes: Host["bytes"]) => {
    const store = storeOf(await unpack(await bytes));
    if (gone) return;
    leave();
    known = 0;
    ends.push(following(store, host, screen?.store));
    if (host.ready) ends.push(host.ready(store));
    if (host.asking) ends.push(arriving(store, host.asking));
    screen = screenFor(store, host, screen);
    if (host.asking) ends.push(opening(screen, host.asking));
    render(h(Layout, { screen }), root);
    element.dataset.state = "ready";
  };
  const adding = async (runs: readonly Uint8Array[]) => {
    const made = await Promise.all(runs.slice(known).map(unpackRun));
    known = runs.length;
    for (const run of made) screen?.store.addRun(run);
  };
  // One after the other, in the order in which they came.
  let last: Promise<void> = Promise.resolve();
  const then = (step: () => Promise<void>) => {
    last = last.then(step).catch((problem: unknown) => {
      if (gone) return;
      leave();
      element.dataset.state = "failed";
      const why = problem instanceof Error ? problem.message : String(problem);
      render(h(Damaged, { why, cure: cureOf(problem), theme: host.theme }), root);
    });
  };
  then(async () => {
    await showing(host.bytes);
    if (host.added) await adding(host.added);
    if (host.focus && !gone) root.querySelector<HTMLElement>(".viewer")?.focus({ preventScroll: true });
  });
  return {
    show: (bytes, asking = host.asking) =>
      then(() => {
        host = { ...host, asking };
        return showing(bytes);
      }),
    add: (runs) => then(() => adding(runs)),
    settled: () => last,
    dispose: () => {
      gone = true;
      leave();
      render(null, root);
    },
  };
}

/** A constructed sheet passes the strictest policy, where a <style> would not. */
function sheet(): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
}

function screenFor(store: Store, host: Host, before: Screen | undefined): Screen {
  const { address, asking = null, goTo = null, note = null, name = "TraceLab" } = host;
  const link = address === undefined ? null : () => `${address}#${written(linkOf(store))}`;
  return screenOf(store, { address: link, asking, goTo, note, name }, before);
}

/** The Run that was asked for comes into view as soon as it is there. */
function arriving(store: Store, asking: Asking): () => void {
  return effect(() => {
    const wanted = asking.wanted.value;
    if (wanted === null || store.history.value === 0) return;
    const place = store.unpacked.shown.runs.findIndex(({ id }) => id === wanted);
    if (place < 0) return;
    asking.wanted.value = null;
    store.goToRun(place);
  });
}

/** The form comes into view when it is opened, also where one pane is seen at a time. */
function opening(screen: Screen, asking: Asking): () => void {
  let isOpen = asking.open.peek() && screen.tab.peek() === "runs";
  return effect(() => {
    if (asking.open.value && !isOpen) screen.tab.value = "runs";
    isOpen = asking.open.value;
  });
}

/** The theme and the link, for as long as the viewer is there. */
function following(store: Store, host: Host, before: Store | undefined): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const darken = () => {
    store.dark.value = host.theme ? host.theme.value === "dark" : system.matches;
  };
  system.addEventListener("change", darken);
  const ends = [effect(darken), () => system.removeEventListener("change", darken)];
  const { fragment } = host;
  const link = fragment?.read().replace(/^#/, "") ?? "";
  if (before && isAlike(before, store)) carry(before, store);
  else if (link !== "") follow(store, read(link));
  else if (!before || !carryOver(before, store)) goToWorst(store);
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

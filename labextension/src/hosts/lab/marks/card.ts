/** What is said of a frozen line, beside its mark: each finding with its value, and a way to it. */

import type { TranslationBundle } from "@jupyterlab/translation";
import { visible } from "../../../view/visible";
import { shapeOf } from "./drawn";
import type { FrozenLine, KernelMark, Said } from "./matching";

/** An element, or where one would be. */
export type Beside = Pick<Element, "isConnected" | "getBoundingClientRect">;

export interface Card {
  /** `rest`: when the pointer has come to rest. `take`: at once, and the keyboard goes there. */
  show(line: FrozenLine, beside: Beside, how: "rest" | "now" | "take"): void;
  /** Soon, unless the pointer comes to it. */
  leave(): void;
  hide(): void;
}

const REST_MS = 150;
/** Long enough for the way from the mark to what is said. */
const LEAVE_MS = 250;
const MOST = 12;
const GAP = 6;

export function cardOf(open: (mark: KernelMark) => void, trans: TranslationBundle): Card {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let end: (() => void) | undefined;
  const after = (wait: number, step: () => void) => {
    clearTimeout(timer);
    timer = setTimeout(step, wait);
  };
  const hide = () => {
    clearTimeout(timer);
    end?.();
    end = undefined;
  };
  const show = (line: FrozenLine, beside: Beside, takes: boolean) => {
    hide();
    if (!beside.isConnected) return;
    const before = document.activeElement;
    const chosen = (mark: KernelMark) => {
      hide();
      open(mark);
    };
    const card = drawn(line, chosen, trans);
    card.addEventListener("mouseenter", () => clearTimeout(timer));
    card.addEventListener("mouseleave", () => after(LEAVE_MS, hide));
    end = shown(card, beside, hide, () => {
      if (takes && before instanceof HTMLElement) before.focus();
    });
    if (takes) card.querySelector("button")?.focus();
  };
  return {
    show: (line, beside, how) => {
      if (how === "rest") after(REST_MS, () => show(line, beside, false));
      else show(line, beside, how === "take");
    },
    leave: () => after(LEAVE_MS, hide),
    hide,
  };
}

/** In the page, until what is returned is called; whatever else one does in the page asks for its end. */
function shown(card: HTMLElement, beside: Beside, over: () => void, left: () => void): () => void {
  document.body.append(card);
  const { top } = beside.getBoundingClientRect();
  place(card, beside.getBoundingClientRect());
  const isWithin = (event: Event) => card.contains(event.target as Node | null);
  const leave = (event: Event) => {
    if (!isWithin(event)) over();
  };
  // An output that grows elsewhere scrolls too.
  const scroll = () => {
    if (Math.abs(beside.getBoundingClientRect().top - top) > 1) over();
  };
  const key = (event: KeyboardEvent) => {
    const inside = isWithin(event);
    if (inside && (event.key === "ArrowDown" || event.key === "ArrowUp")) step(card, event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Escape" || !inside) over();
    else return;
    if (!inside) return;
    event.preventDefault();
    event.stopPropagation();
    if (!card.isConnected) left();
  };
  document.addEventListener("keydown", key, true);
  document.addEventListener("scroll", scroll, true);
  for (const name of ["mousedown", "focusin"]) document.addEventListener(name, leave, true);
  return () => {
    document.removeEventListener("keydown", key, true);
    document.removeEventListener("scroll", scroll, true);
    for (const name of ["mousedown", "focusin"]) document.removeEventListener(name, leave, true);
    card.remove();
  };
}

function step(card: HTMLElement, by: 1 | -1): void {
  const buttons: (Element | null)[] = [...card.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement);
  const next = buttons[(at + by + buttons.length) % buttons.length];
  if (next instanceof HTMLElement) next.focus();
}

/** Below the mark, or above where there is no room. */
function place(card: HTMLElement, mark: DOMRect): void {
  const { width, height } = card.getBoundingClientRect();
  const below = mark.bottom + GAP;
  const top = below + height <= innerHeight ? below : Math.max(GAP, mark.top - GAP - height);
  card.style.top = `${top}px`;
  card.style.left = `${Math.max(GAP, Math.min(mark.left, innerWidth - width - GAP))}px`;
}

function drawn({ said }: FrozenLine, chosen: (mark: KernelMark) => void, trans: TranslationBundle): HTMLElement {
  const card = document.createElement("div");
  card.className = "tracelab-card";
  card.setAttribute("role", "group");
  card.setAttribute("aria-label", trans.__("Findings of this line"));
  card.dataset.lmSuppressShortcuts = "true";
  card.append(...said.slice(0, MOST).map((one) => rowOf(one, chosen, trans)));
  if (said.length > MOST) card.append(textIn("p", trans.__("and %1 more", said.length - MOST)));
  return card;
}

function rowOf({ mark, count }: Said, chosen: (mark: KernelMark) => void, trans: TranslationBundle): HTMLElement {
  const row = document.createElement("button");
  row.type = "button";
  row.dataset.look = mark.look;
  row.title = trans.__("Show the finding");
  row.addEventListener("click", () => chosen(mark));
  const head = document.createElement("span");
  head.className = "tracelab-head";
  head.append(shapeOf(mark.look), textIn("b", visible(mark.title, 120)));
  if (count > 1) head.append(textIn("small", trans.__("in %1 Traces", count)));
  // The frozen value, then the message.
  row.append(head, ...mark.text.split("\n").map(sentence));
  return row;
}

/** Names stand between backticks. */
function sentence(text: string): HTMLElement {
  const whole = document.createElement("bdi");
  const parts = visible(text, 600).split(/`([^`]+)`/);
  whole.append(...parts.map((part, at) => (at % 2 === 1 ? textIn("code", part) : part)));
  return whole;
}

function textIn(name: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

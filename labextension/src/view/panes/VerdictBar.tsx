/** Is this trace safe? One sentence, and how many findings of each kind. */

import { useSignal } from "@preact/signals";
import type { Look } from "../../schema";
import { savePicture, copy } from "../save";
import type { Screen } from "../screen";
import { visible } from "../visible";
import { Sentence, Shape, Text } from "./Words";

export function VerdictBar({ screen }: { screen: Screen }) {
  const { shown } = screen.store.unpacked;
  return (
    <div class="bar">
      <div class="said">
        <h1 title={visible(shown.verdict)}>
          <Shape look={shown.look} />
          <Sentence limit={300}>{shown.verdict}</Sentence>
        </h1>
        <Menu screen={screen} />
      </div>
      <div class="below">
        {shown.tallies.length > 0 && <Tallies screen={screen} />}
        <ul class="inline">
          <li class="what" title={visible(shown.title)}>
            <Text limit={120}>{shown.title}</Text>
          </li>
          {shown.facts.map(([label, value]) => (
            <li key={label} title={visible(`${label}: ${value}`)}>
              <span class="soft">{visible(label, 40)}</span> <Text limit={80}>{value}</Text>
            </li>
          ))}
        </ul>
      </div>
      {shown.stop && (
        <p class="stop" role="alert" title={visible(shown.stop)}>
          <Shape look="error" />
          <Sentence>{shown.stop}</Sentence>
        </p>
      )}
    </div>
  );
}

/** The counts are filters: pressed, only these are listed. */
function Tallies({ screen }: { screen: Screen }) {
  const { filter, unpacked } = screen.store;
  const toggle = (look: Look) => {
    const looks = new Set(filter.value.looks);
    if (!looks.delete(look)) looks.add(look);
    filter.value = { ...filter.value, looks };
    screen.side.value = "findings";
    screen.tab.value = "findings";
  };
  return (
    <div class="tallies" role="group" aria-label="Show findings that">
      {unpacked.shown.tallies.map(([look, text]) => (
        <button type="button" key={text} class={look} aria-pressed={filter.value.looks.has(look)} onClick={() => toggle(look)}>
          <Shape look={look} />
          {text}
        </button>
      ))}
    </div>
  );
}

function Menu({ screen }: { screen: Screen }) {
  const open = useSignal(false);
  const { address } = screen;
  const items: readonly (readonly [string, () => void])[] = [
    ...(address ? [["Copy link to this view", () => copy(screen, address(), "the link")] as const] : []),
    ["Save drawing as SVG", () => savePicture(screen, "svg")],
    ["Save drawing as PNG", () => savePicture(screen, "png")],
    ["About this capture", () => (screen.overlay.value = "about")],
    ["Keys", () => (screen.overlay.value = "help")],
  ];
  const close = (event: FocusEvent) => {
    const box = event.currentTarget as HTMLElement;
    if (!(event.relatedTarget instanceof Node && box.contains(event.relatedTarget))) open.value = false;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const box = event.currentTarget as HTMLElement;
    const choices = Array.from(box.querySelectorAll<HTMLElement>("[role=menuitem]"));
    const at = choices.indexOf((box.getRootNode() as ShadowRoot).activeElement as HTMLElement);
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && choices.length > 0) choices[(at + step + choices.length) % choices.length]?.focus();
    else if (event.key === "Escape" && open.value) {
      open.value = false;
      box.querySelector("button")?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it hears what its buttons do not
    <div class="menu" onFocusOut={close} onKeyDown={onKeyDown} data-arrows="own">
      <button type="button" aria-haspopup="menu" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
        Menu
      </button>
      {open.value && (
        <div class="popup" role="menu" aria-label="Menu">
          {items.map(([name, act]) => (
            <button
              type="button"
              role="menuitem"
              key={name}
              onClick={() => {
                open.value = false;
                act();
              }}
            >
              {name}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

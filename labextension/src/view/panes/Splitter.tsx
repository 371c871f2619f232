/** The line between two panes: dragged with the pointer, or moved with the arrows. */

import type { Signal } from "@preact/signals-core";

const STEP = 24;

export interface SplitterProps {
  readonly name: string;
  readonly area: string;
  /** The size of the pane that the line belongs to, in pixels; null as long as nobody moved it. */
  readonly size: Signal<number | null>;
  /** Where that pane lies, seen from the line. */
  readonly side: "left" | "right" | "below";
  readonly least: number;
}

export function Splitter({ name, area, size, side, least }: SplitterProps) {
  const upright = side !== "below";
  const move = (line: HTMLElement, wanted: number) => {
    size.value = Math.round(Math.min(most(line, upright), Math.max(least, wanted)));
  };
  const onPointerDown = (event: PointerEvent) => {
    const line = event.currentTarget as HTMLElement;
    const from = upright ? event.clientX : event.clientY;
    const before = paneOf(line, side, upright);
    const follow = (next: PointerEvent) => {
      const way = (upright ? next.clientX : next.clientY) - from;
      move(line, before + (side === "left" ? way : -way));
    };
    line.setPointerCapture(event.pointerId);
    line.addEventListener("pointermove", follow);
    line.addEventListener("lostpointercapture", () => line.removeEventListener("pointermove", follow), { once: true });
    event.preventDefault();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const line = event.currentTarget as HTMLElement;
    const [less, more] = upright ? ["ArrowLeft", "ArrowRight"] : ["ArrowDown", "ArrowUp"];
    if (event.key !== less && event.key !== more) return;
    const grows = (event.key === more) === (side !== "right");
    move(line, paneOf(line, side, upright) + (grows ? STEP : -STEP));
    event.preventDefault();
  };
  return (
    <div
      class={`splitter ${upright ? "upright" : "level"}`}
      style={{ gridArea: area }}
      role="separator"
      aria-label={name}
      aria-orientation={upright ? "vertical" : "horizontal"}
      aria-valuenow={size.value ?? 300}
      aria-valuemin={least}
      aria-valuemax={2000}
      tabIndex={0}
      data-arrows="own"
      onPointerDown={onPointerDown}
      onKeyDown={onKeyDown}
      onDblClick={() => {
        size.value = null;
      }}
    />
  );
}

function paneOf(line: HTMLElement, side: SplitterProps["side"], upright: boolean): number {
  const pane = side === "left" ? line.previousElementSibling : line.nextElementSibling;
  const box = pane?.getBoundingClientRect();
  return (upright ? box?.width : box?.height) ?? 300;
}

function most(line: HTMLElement, upright: boolean): number {
  const box = line.parentElement?.getBoundingClientRect();
  return ((upright ? box?.width : box?.height) ?? 900) * (upright ? 0.45 : 0.75);
}

/** Mouse, wheel and fingers, told as what they mean: pan, zoom, hover, click, open. */

export interface Hand {
  pan(dx: number, dy: number): void;
  zoom(x: number, y: number, factor: number): void;
  /** `null`: the pointer left. */
  hover(at: readonly [number, number] | null): void;
  click(x: number, y: number): void;
  open(x: number, y: number): void;
}

/** A pointer that moved less than this was held still. */
const SLOP = 4;
const LINE_PX = 16;

/** Listens to an element until `signal` ends it. Places are in CSS pixels from its top left corner. */
export function listen(element: HTMLElement, hand: Hand, signal: AbortSignal): void {
  const fingers = new Map<number, readonly [number, number]>();
  let dragged = false;
  let start: readonly [number, number] = [0, 0];

  const at = (event: MouseEvent): readonly [number, number] => {
    const box = element.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0 && event.button !== 1) return;
    // The ring around what has the focus is for the keyboard.
    element.style.outline = "none";
    element.focus({ preventScroll: true });
    element.setPointerCapture(event.pointerId);
    if (fingers.size === 0) [dragged, start] = [false, at(event)];
    else dragged = true;
    fingers.set(event.pointerId, at(event));
    hand.hover(null);
  };
  const move = (event: PointerEvent) => {
    const now = at(event);
    const old = fingers.get(event.pointerId);
    if (!old) return hand.hover(event.pointerType === "touch" ? null : now);
    if (!dragged && Math.hypot(now[0] - start[0], now[1] - start[1]) < SLOP) return;
    if (!dragged) element.style.cursor = "grabbing";
    dragged = true;
    const other = [...fingers].find(([id]) => id !== event.pointerId)?.[1];
    fingers.set(event.pointerId, now);
    if (!other) return hand.pan(now[0] - old[0], now[1] - old[1]);
    hand.pan((now[0] - old[0]) / 2, (now[1] - old[1]) / 2);
    const [before, after] = [apart(old, other), apart(now, other)];
    if (before > 1 && after > 1) hand.zoom((now[0] + other[0]) / 2, (now[1] + other[1]) / 2, after / before);
  };
  const up = (event: PointerEvent) => {
    if (!fingers.delete(event.pointerId)) return;
    element.style.cursor = "";
    if (event.type === "pointerup" && !dragged && event.button === 0) hand.click(...at(event));
  };
  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    const unit =
      event.deltaMode === WheelEvent.DOM_DELTA_PIXEL
        ? 1
        : event.deltaMode === WheelEvent.DOM_DELTA_LINE
          ? LINE_PX
          : element.clientHeight;
    if (event.shiftKey && !event.ctrlKey) return hand.pan(-event.deltaX * unit, -event.deltaY * unit);
    hand.zoom(...at(event), wheelFactor(event.deltaY * unit, event.ctrlKey));
  };
  const leave = () => hand.hover(null);
  const ring = () => {
    element.style.outline = "";
  };

  element.addEventListener("pointerdown", down, { signal });
  element.addEventListener("pointermove", move, { signal });
  element.addEventListener("pointerup", up, { signal });
  element.addEventListener("pointercancel", up, { signal });
  element.addEventListener("pointerleave", leave, { signal });
  element.addEventListener("blur", ring, { signal });
  element.addEventListener("keydown", ring, { signal });
  element.addEventListener("dblclick", (event) => hand.open(...at(event)), { signal });
  element.addEventListener("wheel", wheel, { signal, passive: false });
}

/** A pinch on a touch pad comes as a wheel with ctrl, in much smaller steps. */
export function wheelFactor(delta: number, pinched: boolean): number {
  const bounded = Math.max(-240, Math.min(240, delta));
  return Math.exp(-bounded * (pinched ? 0.01 : 0.0018));
}

function apart(one: readonly [number, number], other: readonly [number, number]): number {
  return Math.hypot(one[0] - other[0], one[1] - other[1]);
}

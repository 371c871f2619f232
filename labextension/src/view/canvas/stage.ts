/** The canvas in the page: its size, its sharpness, when it must be drawn, and when there is time for more. */

import type { Size } from "./camera";

export interface Stage {
  readonly element: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly pen: CanvasRenderingContext2D;
  /** In CSS pixels; both are 0 while it is not in the page. */
  size(): Size;
  /** Device pixels to a CSS pixel. */
  scale(): number;
  /** Draw in the next frame. In haste it may be less sharp; it is drawn again as soon as nothing moves. */
  draw(haste?: boolean): void;
}

export interface Play {
  /** Returns whether the drawing is sharp. */
  frame(haste: boolean): boolean;
  /** The size or the sharpness of the screen has changed; a frame follows at once. */
  resized(): void;
  /** Nothing has moved for a while. */
  idle(): void;
}

const SETTLE_MS = 90;
const IDLE_MS = 120;

export function stageIn(root: HTMLElement, play: Play, signal: AbortSignal): Stage {
  const element = document.createElement("div");
  Object.assign(element.style, { position: "relative", width: "100%", height: "100%", overflow: "hidden" });
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-roledescription", "graph");
  Object.assign(canvas.style, {
    display: "block",
    position: "absolute",
    inset: "0",
    width: "100%",
    height: "100%",
    touchAction: "none",
    outlineOffset: "-2px",
    userSelect: "none",
  });
  element.append(canvas);
  root.append(element);
  const pen = canvas.getContext("2d", { alpha: false });
  if (!pen) throw new Error("this browser gives no 2D canvas");

  let size: Size = { width: 0, height: 0 };
  let [asked, hasty] = [0, true];
  let settle: ReturnType<typeof setTimeout> | undefined;
  let rest: ReturnType<typeof setTimeout> | undefined;
  const scale = () => Math.min(3, Math.max(1, window.devicePixelRatio || 1));

  const frame = (haste: boolean) => {
    cancelAnimationFrame(asked);
    [asked, hasty] = [0, true];
    if (size.width === 0 || signal.aborted) return;
    clearTimeout(settle);
    clearTimeout(rest);
    if (!play.frame(haste)) settle = setTimeout(() => frame(false), SETTLE_MS);
    else rest = setTimeout(() => play.idle(), IDLE_MS);
  };
  const draw = (haste = false) => {
    hasty &&= haste;
    asked ||= requestAnimationFrame(() => frame(hasty));
  };
  const measure = () => {
    const [width, height] = [element.clientWidth, element.clientHeight];
    const [wide, high] = [Math.round(width * scale()), Math.round(height * scale())];
    if (width === size.width && height === size.height && canvas.width === wide) return draw();
    size = { width, height };
    if (width === 0 || height === 0) {
      size = { width: 0, height: 0 };
      return;
    }
    // Giving a canvas a size blanks it: it is drawn at once, not in the next frame, so that nothing flickers.
    [canvas.width, canvas.height] = [wide, high];
    play.resized();
    frame(false);
  };
  watch(element, canvas, measure, draw, signal);
  signal.addEventListener("abort", () => {
    cancelAnimationFrame(asked);
    clearTimeout(settle);
    clearTimeout(rest);
    element.remove();
  });
  return { element, canvas, pen, size: () => size, scale, draw };
}

/** Canvases that are off the screen, in a hidden page or moved to another screen may lose what was drawn on them. */
function watch(
  element: HTMLElement,
  canvas: HTMLCanvasElement,
  measure: () => void,
  draw: () => void,
  signal: AbortSignal,
): void {
  const sizes = new ResizeObserver(measure);
  sizes.observe(element);
  const sights = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) draw();
  });
  sights.observe(element);
  signal.addEventListener("abort", () => {
    sizes.disconnect();
    sights.disconnect();
  });
  document.addEventListener("visibilitychange", () => draw(), { signal });
  canvas.addEventListener("contextrestored", () => draw(), { signal });
  const ask = () => {
    if (signal.aborted) return;
    matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`).addEventListener("change", again, {
      signal,
      once: true,
    });
  };
  const again = () => {
    measure();
    ask();
  };
  ask();
}

/** The whole of a large drawing in a corner, with the part that is seen; a press or a drag on it goes there. */

import type { Camera, Rect, Size } from "./camera";
import { seen } from "./camera";
import { BASE, type Drawing } from "./drawing";
import type { Emphasis } from "./emphasis";
import { heatFill, LOOKS, type Palette } from "./palette";

const LONG = 140;
const SHORT = 36;

export interface Minimap {
  /** The drawing, its colours or what is brought out has changed. */
  spoil(): void;
  show(drawing: Drawing, emphasis: Emphasis, palette: Palette, camera: Camera, view: Size, scale: number): void;
}

/** `go` is told the point of the drawing that is to stand in the middle. */
export function minimapIn(root: HTMLElement, go: (x: number, y: number) => void, signal: AbortSignal): Minimap {
  const canvas = document.createElement("canvas");
  canvas.setAttribute("aria-hidden", "true");
  Object.assign(canvas.style, {
    position: "absolute",
    right: "10px",
    bottom: "10px",
    borderRadius: "4px",
    cursor: "pointer",
    touchAction: "none",
    display: "none",
    zIndex: "1",
  });
  root.append(canvas);
  const pen = canvas.getContext("2d", { alpha: false });
  const picture = document.createElement("canvas");
  let stale = true;
  let size: Size = { width: 0, height: 0 };
  let scene: Size = { width: 1, height: 1 };

  const point = (event: PointerEvent) => {
    if (event.type === "pointermove" && event.buttons === 0) return;
    if (event.type === "pointerdown") canvas.setPointerCapture(event.pointerId);
    const box = canvas.getBoundingClientRect();
    go(
      ((event.clientX - box.left) / size.width) * scene.width,
      ((event.clientY - box.top) / size.height) * scene.height,
    );
  };
  canvas.addEventListener("pointerdown", point, { signal });
  canvas.addEventListener("pointermove", point, { signal });

  return {
    spoil: () => {
      stale = true;
    },
    show: (drawing, emphasis, palette, camera, view, scale) => {
      scene = drawing.scene;
      const part = seen(camera, view);
      const needed = !holds(part, scene) && view.width > 3 * LONG && view.height > 2 * LONG;
      canvas.style.display = needed ? "block" : "none";
      if (!needed || !pen) return;
      if (stale) {
        size = minimapSize(scene);
        resize(canvas, size, scale);
        resize(picture, size, scale);
        picturing(picture, drawing, emphasis, palette);
        canvas.style.border = `1px solid ${palette.frameRule}`;
        stale = false;
      }
      pen.setTransform(1, 0, 0, 1, 0, 0);
      pen.drawImage(picture, 0, 0);
      const [sx, sy] = [canvas.width / scene.width, canvas.height / scene.height];
      pen.strokeStyle = palette.accent;
      pen.lineWidth = 1.5 * scale;
      const inside = clipped(part, scene);
      pen.strokeRect(
        inside.x * sx,
        inside.y * sy,
        Math.max(4 * scale, inside.w * sx),
        Math.max(4 * scale, inside.h * sy),
      );
    },
  };
}

/** The longer side is LONG; the shorter one is drawn wider than it is rather than as a thread. */
export function minimapSize(scene: Size): Size {
  const scale = LONG / Math.max(scene.width, scene.height, 1);
  return {
    width: Math.max(SHORT, Math.round(scene.width * scale)),
    height: Math.max(SHORT, Math.round(scene.height * scale)),
  };
}

function picturing(canvas: HTMLCanvasElement, drawing: Drawing, emphasis: Emphasis, palette: Palette): void {
  const pen = canvas.getContext("2d", { alpha: false });
  if (!pen) return;
  const { scene } = drawing;
  const [sx, sy] = [canvas.width / scene.width, canvas.height / scene.height];
  pen.fillStyle = palette.paper;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  const box = (item: number, least: number) =>
    pen.fillRect(
      scene.x[item]! * sx,
      scene.y[item]! * sy,
      Math.max(least, scene.w[item]! * sx),
      Math.max(least, scene.h[item]! * sy),
    );
  for (const item of drawing.frames) {
    if (scene.w[item]! * sx < 1 && scene.h[item]! * sy < 1) continue;
    pen.fillStyle = palette.frames[drawing.depth[item]! % 2]!;
    box(item, 1);
  }
  pen.fillStyle = palette.edge;
  const first = firsts(canvas, scene, sx, sy);
  for (let item = 0; item < scene.count; item++) if (drawing.base[item] !== BASE.frame && first(item)) box(item, 1);
  for (let item = 0; item < scene.count; item++) {
    const look = drawing.base[item] === BASE.frame ? null : LOOKS[drawing.look[item]!];
    const heat = emphasis.heat?.[item] ?? 0;
    if (!look && heat < 2) continue;
    pen.fillStyle = look ? palette.looks[look].line : heatFill(palette, heat);
    box(item, look ? 3 : 1);
  }
}

/** Whether an item is the first in its pixel, or larger than one: thousands may share a pixel, and one of them does. */
function firsts(canvas: HTMLCanvasElement, scene: Drawing["scene"], sx: number, sy: number): (item: number) => boolean {
  const taken = new Uint8Array((canvas.width + 1) * (canvas.height + 1));
  return (item) => {
    if (scene.w[item]! * sx > 1 || scene.h[item]! * sy > 1) return true;
    const pixel = Math.floor(scene.y[item]! * sy) * (canvas.width + 1) + Math.floor(scene.x[item]! * sx);
    if (taken[pixel]) return false;
    taken[pixel] = 1;
    return true;
  };
}

function resize(canvas: HTMLCanvasElement, size: Size, scale: number): void {
  [canvas.width, canvas.height] = [Math.round(size.width * scale), Math.round(size.height * scale)];
  Object.assign(canvas.style, { width: `${size.width}px`, height: `${size.height}px` });
}

function holds(part: Rect, scene: Size): boolean {
  return part.x <= 0 && part.y <= 0 && part.x + part.w >= scene.width && part.y + part.h >= scene.height;
}

function clipped(part: Rect, scene: Size): Rect {
  const [x, y] = [Math.max(0, Math.min(part.x, scene.width)), Math.max(0, Math.min(part.y, scene.height))];
  return {
    x,
    y,
    w: Math.max(0, Math.min(part.x + part.w, scene.width) - x),
    h: Math.max(0, Math.min(part.y + part.h, scene.height) - y),
  };
}

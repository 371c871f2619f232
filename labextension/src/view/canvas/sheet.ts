/**
 * A bitmap of the drawing, larger than the view. While the view moves over it nothing is drawn anew; where the view
 * leaves it, what both share is copied and only the new strips are drawn. All lengths here are device pixels.
 */

import type { Camera, Rect } from "./camera";
import type { Pen } from "./pen";

export type Painter = (pen: Pen, rect: Rect, zoom: number) => void;

export interface Sheet {
  /** Forget what was drawn. */
  spoil(): void;
  /**
   * Draws the view. In haste, while one zooms, an old bitmap is stretched where a new one would take too long.
   * Returns whether it is sharp.
   */
  show(target: CanvasRenderingContext2D, camera: Camera, scale: number, haste: boolean): boolean;
  /** Draws what lies around the view, so that it is there when the view moves. For when there is nothing else to do. */
  widen(target: CanvasRenderingContext2D, camera: Camera, scale: number): void;
  dispose(): void;
}

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Of the view, on each side; less where the bitmap would grow too large. */
const OVERSCAN = 0.35;
const MOST_PIXELS = 24e6;
/** A drawing that takes less than this is drawn anew in each frame of a zoom. */
const QUICK_MS = 9;

export function sheetOf(painter: Painter, paper: () => string): Sheet {
  let [front, back] = [bitmap(), bitmap()];
  let area: Area = { x: 0, y: 0, w: 0, h: 0 };
  let [zoom, scale, cost] = [0, 1, 0];

  const draw = (pen: CanvasRenderingContext2D, into: Area, part: Area) => {
    const unit = zoom * scale;
    pen.save();
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.beginPath();
    pen.rect(part.x - into.x, part.y - into.y, part.w, part.h);
    pen.clip();
    pen.fillStyle = paper();
    pen.fill();
    pen.setTransform(unit, 0, 0, unit, -into.x, -into.y);
    painter(pen, { x: part.x / unit, y: part.y / unit, w: part.w / unit, h: part.h / unit }, zoom);
    pen.restore();
  };
  const anew = (next: Area) => {
    const start = performance.now();
    sized(front, next);
    area = next;
    draw(front, area, area);
    cost = performance.now() - start;
  };
  const move = (next: Area) => {
    const shared = meet(area, next);
    if (!shared) return anew(next);
    sized(back, next);
    back.setTransform(1, 0, 0, 1, 0, 0);
    back.drawImage(front.canvas, area.x - next.x, area.y - next.y);
    for (const part of without(next, shared)) draw(back, next, part);
    [front, back] = [back, front];
    area = next;
  };
  const fresh = (camera: Camera, dpr: number) => area.w > 0 && zoom === camera.zoom && scale === dpr;

  return {
    spoil: () => {
      area = { ...area, w: 0 };
    },
    show: (target, camera, dpr, haste) => {
      const view = viewOf(target, camera, dpr);
      target.setTransform(1, 0, 0, 1, 0, 0);
      if (!fresh(camera, dpr) && haste && area.w > 0 && cost > QUICK_MS) {
        const unit = (camera.zoom * dpr) / (zoom * scale);
        target.fillStyle = paper();
        target.fillRect(0, 0, view.w, view.h);
        target.drawImage(front.canvas, area.x * unit - view.x, area.y * unit - view.y, area.w * unit, area.h * unit);
        return false;
      }
      if (!fresh(camera, dpr)) {
        [zoom, scale] = [camera.zoom, dpr];
        anew(view);
      } else if (!covers(area, view)) move(widened(view));
      target.drawImage(front.canvas, area.x - view.x, area.y - view.y);
      return true;
    },
    widen: (target, camera, dpr) => {
      if (!fresh(camera, dpr)) return;
      const next = widened(viewOf(target, camera, dpr));
      const drift = Math.max(Math.abs(next.x - area.x) / next.w, Math.abs(next.y - area.y) / next.h);
      if (area.w !== next.w || area.h !== next.h || drift > OVERSCAN / 4) move(next);
    },
    dispose: () => {
      for (const pen of [front, back]) [pen.canvas.width, pen.canvas.height] = [0, 0];
    },
  };
}

function bitmap(): CanvasRenderingContext2D {
  const pen = document.createElement("canvas").getContext("2d", { alpha: false });
  if (!pen) throw new Error("this browser gives no 2D canvas");
  return pen;
}

/** A canvas that is given a size is blank; one that has it already is left as it is. */
function sized(pen: CanvasRenderingContext2D, area: Area): void {
  if (pen.canvas.width !== area.w) pen.canvas.width = area.w;
  if (pen.canvas.height !== area.h) pen.canvas.height = area.h;
}

function viewOf(target: CanvasRenderingContext2D, camera: Camera, scale: number): Area {
  const unit = camera.zoom * scale;
  return {
    x: Math.round(camera.x * unit),
    y: Math.round(camera.y * unit),
    w: target.canvas.width,
    h: target.canvas.height,
  };
}

export function widened(view: Area): Area {
  const most = (Math.sqrt(MOST_PIXELS / (view.w * view.h)) - 1) / 2;
  const share = Math.max(0, Math.min(OVERSCAN, most));
  const [dx, dy] = [Math.round(view.w * share), Math.round(view.h * share)];
  return { x: view.x - dx, y: view.y - dy, w: view.w + 2 * dx, h: view.h + 2 * dy };
}

export function covers(outer: Area, inner: Area): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.w <= outer.x + outer.w &&
    inner.y + inner.h <= outer.y + outer.h
  );
}

export function meet(one: Area, other: Area): Area | null {
  const [x, y] = [Math.max(one.x, other.x), Math.max(one.y, other.y)];
  const w = Math.min(one.x + one.w, other.x + other.w) - x;
  const h = Math.min(one.y + one.h, other.y + other.h) - y;
  return w > 0 && h > 0 ? { x, y, w, h } : null;
}

/** What is left of an area without a part of it: at most four strips. */
export function without(whole: Area, part: Area): Area[] {
  const [right, bottom] = [part.x + part.w, part.y + part.h];
  const strips = [
    { x: whole.x, y: whole.y, w: whole.w, h: part.y - whole.y },
    { x: whole.x, y: bottom, w: whole.w, h: whole.y + whole.h - bottom },
    { x: whole.x, y: part.y, w: part.x - whole.x, h: part.h },
    { x: right, y: part.y, w: whole.x + whole.w - right, h: part.h },
  ];
  return strips.filter((strip) => strip.w > 0 && strip.h > 0);
}

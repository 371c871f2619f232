/** Moves the camera. */

import {
  between,
  type Camera,
  centred,
  comfortable,
  fitted,
  held,
  panned,
  type Rect,
  type Size,
  zoomedAt,
} from "./camera";

export interface Pilot {
  camera(): Camera;
  /** Goes there without a drawing, or at once. */
  set(to: Camera): void;
  look(to: Camera, haste?: boolean): void;
  pan(dx: number, dy: number): void;
  zoom(x: number, y: number, factor: number): void;
  /** Puts a point of the drawing into the middle of the view. */
  aim(x: number, y: number): void;
  /** Brings a box into view, if it cannot be read where it is. */
  bring(box: Rect, moving: boolean): void;
  fit(): void;
}

const TRAVEL_MS = 160;

export function pilotOf(view: () => Size, scene: () => Size, draw: (haste: boolean) => void, end: AbortSignal): Pilot {
  let camera: Camera = { x: 0, y: 0, zoom: 1 };
  /** Each movement ends the journey before it. */
  let journey = 0;

  const step = (to: Camera, haste: boolean) => {
    camera = held(to, scene(), view());
    draw(haste);
  };
  const look = (to: Camera, haste = false) => {
    journey++;
    step(to, haste);
  };
  /** Goes there step by step where motion is welcome, so that one sees where one came from. */
  const travel = (to: Camera) => {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches || document.hidden) return look(to);
    const trip = ++journey;
    const [from, start] = [camera, performance.now()];
    const on = () => {
      if (trip !== journey || end.aborted) return;
      const t = Math.min(1, (performance.now() - start) / TRAVEL_MS);
      step(between(from, to, t * (2 - t), view()), t < 1);
      if (t < 1) requestAnimationFrame(on);
    };
    on();
  };
  return {
    camera: () => camera,
    set: (to) => {
      journey++;
      camera = to;
    },
    look,
    pan: (dx, dy) => look(panned(camera, dx, dy), true),
    zoom: (x, y, factor) => look(zoomedAt(camera, x, y, factor, scene(), view()), true),
    aim: (x, y) =>
      look({ ...camera, x: x - view().width / 2 / camera.zoom, y: y - view().height / 2 / camera.zoom }, true),
    bring: (box, moving) => {
      if (comfortable(camera, box, view())) return;
      const to = centred(camera, box, view());
      if (moving) travel(to);
      else look(to);
    },
    fit: () => travel(fitted(scene(), view())),
  };
}

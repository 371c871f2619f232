/** Where one looks from: the arithmetic between the drawing and the screen. Nothing here knows of a canvas. */

/** `x`, `y`: the point of the drawing at the top left corner of the view. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export const MAX_ZOOM = 4;
/** A drawing that is read by scrolling is not shown smaller than this at first. */
export const READABLE = 0.75;
const MARGIN = 24;
/** This much of the drawing stays in the view, so that nobody loses it. */
const KEPT = 64;

export function toScreen(camera: Camera, x: number, y: number): readonly [number, number] {
  return [(x - camera.x) * camera.zoom, (y - camera.y) * camera.zoom];
}

export function toScene(camera: Camera, x: number, y: number): readonly [number, number] {
  return [camera.x + x / camera.zoom, camera.y + y / camera.zoom];
}

/** What the view shows, in the drawing's units. */
export function seen(camera: Camera, view: Size): Rect {
  return { x: camera.x, y: camera.y, w: view.width / camera.zoom, h: view.height / camera.zoom };
}

export function panned(camera: Camera, dx: number, dy: number): Camera {
  return { ...camera, x: camera.x - dx / camera.zoom, y: camera.y - dy / camera.zoom };
}

/** Zooms, and keeps what is at a point of the screen where it is. */
export function zoomedAt(camera: Camera, x: number, y: number, factor: number, scene: Size, view: Size): Camera {
  const zoom = Math.min(MAX_ZOOM, Math.max(leastZoom(scene, view), camera.zoom * factor));
  const [atX, atY] = toScene(camera, x, y);
  return { x: atX - x / zoom, y: atY - y / zoom, zoom };
}

/** The zoom at which the whole drawing is seen, never larger than life. */
export function fitZoom(scene: Size, view: Size): number {
  const room = (of: number) => Math.max(1, of - 2 * MARGIN);
  return Math.min(1, room(view.width) / Math.max(1, scene.width), room(view.height) / Math.max(1, scene.height));
}

export function fitted(scene: Size, view: Size): Camera {
  const zoom = fitZoom(scene, view);
  return { x: (scene.width - view.width / zoom) / 2, y: (scene.height - view.height / zoom) / 2, zoom };
}

/** Where a drawing is shown first: all of it where it can be read so, else its top with the inputs, `top`, in the middle. */
export function opening(scene: Size, view: Size, top?: Rect): Camera {
  const all = fitted(scene, view);
  if (all.zoom >= READABLE) return all;
  const zoom = Math.min(1, Math.max(READABLE, (view.width - 2 * MARGIN) / Math.max(1, scene.width)));
  const [shown, margin] = [view.width / zoom, MARGIN / zoom];
  const middle = top ? top.x + top.w / 2 : scene.width / 2;
  const x =
    shown >= scene.width
      ? (scene.width - shown) / 2
      : Math.min(Math.max(middle - shown / 2, -margin), scene.width + margin - shown);
  return { x, y: -margin, zoom };
}

/** Brings a box into the middle, at a zoom at which it can be read; a box larger than the view by its top. */
export function centred(camera: Camera, box: Rect, view: Size): Camera {
  const zoom = Math.max(camera.zoom, Math.min(0.85, (view.width - 2 * MARGIN) / Math.max(1, box.w)));
  const [wide, high] = [view.width / zoom, view.height / zoom];
  const y = box.h > high * 0.8 ? box.y - high * 0.1 : box.y + (box.h - high) / 2;
  return { x: box.x + (box.w - wide) / 2, y, zoom };
}

/** Whether a box is seen whole, can be read, and does not hug the view's edge. */
export function comfortable(camera: Camera, box: Rect, view: Size): boolean {
  const [x, y] = toScreen(camera, box.x, box.y);
  const [right, bottom] = toScreen(camera, box.x + box.w, box.y + box.h);
  return (
    camera.zoom >= READABLE &&
    x >= MARGIN &&
    y >= MARGIN &&
    right <= view.width - MARGIN &&
    bottom <= view.height - MARGIN
  );
}

/** Moves the camera so that a point of one drawing is where another point of the drawing before it was. */
export function anchored(camera: Camera, before: Rect, after: Rect): Camera {
  return { ...camera, x: camera.x + after.x - before.x, y: camera.y + after.y - before.y };
}

/** Holds a part of the drawing in the view. */
export function held(camera: Camera, scene: Size, view: Size): Camera {
  const kept = KEPT / camera.zoom;
  const keep = (at: number, drawing: number, shown: number) => {
    const [low, high] = [Math.min(kept, drawing) - shown, drawing - Math.min(kept, drawing)];
    return Math.min(Math.max(at, low), high);
  };
  return {
    x: keep(camera.x, scene.width, view.width / camera.zoom),
    y: keep(camera.y, scene.height, view.height / camera.zoom),
    zoom: camera.zoom,
  };
}

/** A camera between two, on the way from one to the other. */
export function between(from: Camera, to: Camera, t: number, view: Size): Camera {
  if (t >= 1) return to;
  const zoom = from.zoom * (to.zoom / from.zoom) ** t;
  const middle = (camera: Camera) =>
    [camera.x + view.width / 2 / camera.zoom, camera.y + view.height / 2 / camera.zoom] as const;
  const [a, b] = [middle(from), middle(to)];
  const [x, y] = [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
  return { x: x - view.width / 2 / zoom, y: y - view.height / 2 / zoom, zoom };
}

function leastZoom(scene: Size, view: Size): number {
  return Math.min(0.1, fitZoom(scene, view) * 0.7);
}

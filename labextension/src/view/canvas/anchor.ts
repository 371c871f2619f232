/** Where to look when something was opened or closed: the box that was touched stays where it was on the screen. */

import type { Opened } from "../../model/types";
import { anchored, type Camera, fitZoom, held, opening, READABLE, type Rect, type Size, toScene } from "./camera";
import type { Drawing } from "./drawing";
import { topmost } from "./links";
import { FOLD, NODE, OPEN_FOLD, STRETCH, STUB } from "./places";

/** More changes than these are another drawing rather than the same one with something opened. */
const FEW = 24;

/** How to find the same thing in the drawing before and in the drawing after. */
type Finder = (drawing: Drawing) => number;

export function cameraAfter(
  before: Drawing,
  after: Drawing,
  changes: readonly Finder[],
  selected: Finder,
  camera: Camera,
  view: Size,
): Camera {
  // A drawing that has become small is not left as far away as the large one was.
  if (camera.zoom < Math.min(READABLE, fitZoom(after.scene, view))) return openingOf(after, view);
  const middle = before.grid.at(...toScene(camera, view.width / 2, view.height / 2));
  const finders =
    changes.length === 1 ? [...changes, selected] : changes.length > FEW ? [selected] : [selected, ...changes];
  for (const find of [...finders, ...(changes.length > FEW ? [] : outwards(before, middle))]) {
    const [one, other] = [find(before), find(after)];
    if (one >= 0 && other >= 0 && inView(boxOf(before, one), camera, view)) {
      return held(anchored(camera, boxOf(before, one), boxOf(after, other)), after.scene, view);
    }
  }
  return changes.length > FEW ? openingOf(after, view) : held(camera, after.scene, view);
}

/** Another kind of drawing of the same is shown whole where it fits; else what is selected stays where it was. */
export function cameraTurned(before: Drawing, after: Drawing, selected: Finder, camera: Camera, view: Size): Camera {
  if (fitZoom(after.scene, view) >= READABLE) return openingOf(after, view);
  return cameraAfter(before, after, [], selected, camera, view);
}

/** Where a drawing is shown first. */
export function openingOf(drawing: Drawing, view: Size): Camera {
  const top = topmost(drawing.scene, -1);
  return opening(drawing.scene, view, top < 0 ? undefined : boxOf(drawing, top));
}

/** What was opened or closed between two states. */
export function changesOf(before: Opened, after: Opened): Finder[] {
  const scopes = apart(before.scopes, after.scopes).map(
    (scope): Finder =>
      (drawing) =>
        drawing.places.ofScope(scope),
  );
  const folds = apart(before.folds, after.folds).map(
    (first): Finder =>
      (drawing) =>
        drawing.places.ofFold(first),
  );
  return [...scopes, ...folds];
}

export function boxOf({ scene }: Drawing, item: number): Rect {
  return { x: scene.x[item]!, y: scene.y[item]!, w: scene.w[item]!, h: scene.h[item]! };
}

function outwards(drawing: Drawing, item: number): Finder[] {
  const out: Finder[] = [];
  for (let at = item; at >= 0; at = drawing.scene.parent[at]!) out.push(sameAs(drawing, at));
  return out;
}

function sameAs({ scene }: Drawing, item: number): Finder {
  const [kind, ref] = [scene.kind[item]!, scene.ref[item]!];
  if (kind === NODE || kind === STUB || kind === STRETCH) return (drawing) => drawing.places.ofNode(ref);
  if (kind === FOLD || kind === OPEN_FOLD) return (drawing) => drawing.places.ofFold(ref);
  return (drawing) => drawing.places.ofScope(ref);
}

function apart(one: ReadonlySet<number>, other: ReadonlySet<number>): number[] {
  return [...[...one].filter((at) => !other.has(at)), ...[...other].filter((at) => !one.has(at))];
}

function inView(box: Rect, camera: Camera, view: Size): boolean {
  const [right, bottom] = [camera.x + view.width / camera.zoom, camera.y + view.height / camera.zoom];
  return box.x < right && box.y < bottom && box.x + box.w > camera.x && box.y + box.h > camera.y;
}

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  anchored,
  between,
  centred,
  comfortable,
  fitted,
  held,
  MAX_ZOOM,
  opening,
  panned,
  toScene,
  toScreen,
  zoomedAt,
} from "../../src/view/canvas/camera";

const view = { width: 800, height: 600 };
const scene = { width: 2000, height: 3000 };
const camera = { x: 100, y: 50, zoom: 0.5 };

test("a point goes to the screen and back", () => {
  assert.deepEqual(toScreen(camera, 300, 150), [100, 50]);
  assert.deepEqual(toScene(camera, 100, 50), [300, 150]);
});

test("zooming keeps what is under the pointer where it is", () => {
  const before = toScene(camera, 320, 240);
  const after = toScene(zoomedAt(camera, 320, 240, 1.7, scene, view), 320, 240);
  assert.ok(Math.hypot(before[0] - after[0], before[1] - after[1]) < 1e-9);
});

test("zoom ends somewhere, in and out", () => {
  assert.equal(zoomedAt(camera, 0, 0, 1e6, scene, view).zoom, MAX_ZOOM);
  const least = zoomedAt(camera, 0, 0, 1e-9, scene, view).zoom;
  assert.ok(least > 0 && least <= fitted(scene, view).zoom);
});

test("a pan moves by pixels of the screen", () => {
  assert.deepEqual(panned(camera, 10, -20), { x: 80, y: 90, zoom: 0.5 });
});

test("the whole drawing fits, in the middle", () => {
  const all = fitted(scene, view);
  const [left, top] = toScreen(all, 0, 0);
  const [right, bottom] = toScreen(all, scene.width, scene.height);
  assert.ok(left >= 0 && top >= 0 && right <= view.width && bottom <= view.height);
  assert.ok(Math.abs(left + right - view.width) < 1e-6 && Math.abs(top + bottom - view.height) < 1e-6);
});

test("a small drawing is not blown up, and an empty one harms nobody", () => {
  assert.equal(fitted({ width: 50, height: 50 }, view).zoom, 1);
  assert.ok(Number.isFinite(fitted({ width: 0, height: 0 }, view).x));
});

test("a long drawing opens at its top, at a zoom that can be read", () => {
  const first = opening({ width: 700, height: 367_000 }, view);
  assert.ok(first.zoom >= 0.5);
  const [, top] = toScreen(first, 0, 0);
  assert.ok(top >= 0 && top < 40);
});

test("a box is brought to the middle and is then comfortable", () => {
  const box = { x: 1500, y: 2500, w: 100, h: 40 };
  assert.equal(comfortable(camera, box, view), false);
  const there = centred(camera, box, view);
  assert.equal(comfortable(there, box, view), true);
  assert.deepEqual(toScreen(there, 1550, 2520).map(Math.round), [400, 300]);
});

test("what was opened stays where it was on the screen", () => {
  const [before, after] = [
    { x: 10, y: 20, w: 5, h: 5 },
    { x: 400, y: 90, w: 50, h: 500 },
  ];
  assert.deepEqual(toScreen(anchored(camera, before, after), after.x, after.y), toScreen(camera, before.x, before.y));
});

test("a part of the drawing is always in the view", () => {
  for (const far of [1e6, -1e6]) {
    const kept = held({ x: far, y: far, zoom: 1 }, scene, view);
    const [left, top] = toScreen(kept, 0, 0);
    assert.ok(left < view.width && left + scene.width > 0 && top < view.height && top + scene.height > 0);
  }
});

test("a journey starts and ends where it should", () => {
  const to = { x: 900, y: 800, zoom: 2 };
  const first = between(camera, to, 0, view);
  assert.ok(Math.abs(first.x - camera.x) < 1e-9 && Math.abs(first.zoom - camera.zoom) < 1e-9);
  assert.deepEqual(between(camera, to, 1, view), to);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Scene } from "../../src/model/types";
import { cameraAfter, changesOf } from "../../src/view/canvas/anchor";
import { toScreen } from "../../src/view/canvas/camera";
import { type Drawing, drawingOf } from "../../src/view/canvas/drawing";
import { heatOf, hullOf, stepsOf } from "../../src/view/canvas/emphasis";
import { graphOf, sceneOf, shownOf } from "./fixtures";

/** Nodes 0 and 3 at the top; 1 and 2 in scope 1, 4 in scope 2, which is alike to scope 3 and folded with it. */
const graph = graphOf(
  [
    { label: "x", op: 0 },
    { label: "sum", scope: 1 },
    { label: "gt", scope: 1, ghost: true },
    { label: "mul" },
    { label: "add", scope: 3 },
  ],
  [{ title: "gate" }, { title: "block", fold: 2 }, { title: "block", fold: 2 }],
);
const measure = (text: string) => text.length * 7;

function drawn(scene: Scene): Drawing {
  return drawingOf(scene, graph, shownOf(), { label: measure, spec: measure });
}

const closed = drawn(
  sceneOf([
    { kind: 0, ref: 0, at: [0, 0, 60, 30] },
    { kind: 1, ref: 1, at: [0, 60, 120, 40] },
    { kind: 0, ref: 3, at: [0, 130, 60, 30] },
    { kind: 3, ref: 2, at: [0, 190, 120, 46], times: 2 },
  ]),
);
const open = drawn(
  sceneOf([
    { kind: 0, ref: 0, at: [200, 0, 60, 30] },
    { kind: 2, ref: 1, at: [200, 60, 200, 120] },
    { kind: 0, ref: 1, at: [220, 90, 60, 30], parent: 1 },
    { kind: 0, ref: 2, at: [300, 90, 60, 30], parent: 1 },
    { kind: 0, ref: 3, at: [200, 210, 60, 30] },
    { kind: 3, ref: 2, at: [200, 270, 120, 46], times: 2 },
  ]),
);

test("a node is where it is drawn, or in what is closed around it", () => {
  assert.deepEqual([0, 1, 2, 3].map(closed.places.ofNode), [0, 1, 1, 2]);
  assert.deepEqual([0, 1, 2, 3].map(open.places.ofNode), [0, 2, 3, 4]);
});

test("a node in a folded module is in the fold", () => assert.equal(open.places.ofNode(4), 5));

test("a module is selected whether it is open or closed", () => {
  for (const drawing of [closed, open]) assert.equal(drawing.places.ofSelected({ kind: "scope", scope: 1 }), 1);
});

test("a chain counts a closed module once", () => {
  assert.deepEqual(stepsOf(closed, [0, 1, 2, 3]), [0, 1, 2]);
  assert.deepEqual(stepsOf(open, [0, 1, 2, 3]), [0, 2, 3, 4]);
});

test("a closed module is as hot as its hottest node", () => {
  const heat = heatOf(closed, [0, 1, 2], [0, 0, 255]);
  assert.deepEqual([heat[0], heat[2]], [1, 0]);
  assert.ok(heat[1]! > 10);
});

test("a region inside one frame stays inside it", () => {
  const hull = hullOf(open, [1, 2])!;
  assert.ok(hull.x <= 220 && hull.x + hull.w >= 360 && hull.y > 60 && hull.y + hull.h < 180);
});

test("a region over a frame and a node beside it takes in the frame", () => {
  const hull = hullOf(open, [1, 3])!;
  assert.ok(hull.y <= 60 && hull.y + hull.h >= 240 && hull.x + hull.w >= 400);
});

test("a region of which nothing is shown has no hull", () => assert.equal(hullOf(closed, []), null));

test("what is opened stays where it was on the screen", () => {
  const [camera, view] = [
    { x: -50, y: -50, zoom: 1 },
    { width: 600, height: 400 },
  ];
  const none = { scopes: new Set<number>(), folds: new Set<number>() };
  const changes = changesOf(none, { ...none, scopes: new Set([1]) });
  const after = cameraAfter(closed, open, changes, () => -1, camera, view);
  assert.deepEqual(toScreen(after, 200, 60), toScreen(camera, 0, 60));
});

test("where something else is opened, the selection stays", () => {
  const [camera, view] = [
    { x: -50, y: -50, zoom: 1 },
    { width: 600, height: 400 },
  ];
  const after = cameraAfter(closed, open, [], (drawing) => drawing.places.ofNode(3), camera, view);
  assert.deepEqual(toScreen(after, 200, 210), toScreen(camera, 0, 130));
});

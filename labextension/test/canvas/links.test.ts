import assert from "node:assert/strict";
import { test } from "node:test";
import { linksOf, step, topmost } from "../../src/view/canvas/links";
import { sceneOf } from "./fixtures";

/** One node above two, those above one: a diamond, and beside it a frame with one node inside. */
const scene = sceneOf(
  [
    { kind: 0, ref: 0, at: [100, 0, 50, 30] },
    { kind: 0, ref: 1, at: [50, 60, 50, 30] },
    { kind: 0, ref: 2, at: [160, 60, 50, 30] },
    { kind: 0, ref: 3, at: [100, 120, 50, 30] },
    { kind: 2, ref: 1, at: [300, 60, 100, 80] },
    { kind: 0, ref: 4, at: [320, 90, 50, 30], parent: 4 },
  ],
  [
    [0, 1],
    [0, 2],
    [1, 3],
    [2, 3],
  ],
);
const links = linksOf(scene);

test("edges are found by both of their ends", () => {
  assert.deepEqual([...links.outOf(0)], [0, 1]);
  assert.deepEqual([...links.into(3)], [2, 3]);
  assert.deepEqual([...links.into(0)], []);
});

test("down and up follow edges, the straightest first", () => {
  assert.equal(step(scene, links, 0, "down"), 1);
  assert.equal(step(scene, links, 2, "down"), 3);
  assert.equal(step(scene, links, 2, "up"), 0);
});

test("left and right stay in the row and in the frame", () => {
  assert.equal(step(scene, links, 1, "right"), 2);
  assert.equal(step(scene, links, 2, "left"), 1);
  assert.equal(step(scene, links, 1, "left"), -1);
  assert.equal(step(scene, links, 5, "left"), -1);
});

test("down goes into an open module, up leaves it", () => {
  assert.equal(step(scene, links, 4, "down"), 5);
  assert.equal(step(scene, links, 5, "up"), 4);
});

test("where nothing goes on, nothing is said to", () => assert.equal(step(scene, links, 3, "down"), -1));

test("a walk begins at the top", () => assert.equal(topmost(scene, -1), 0));

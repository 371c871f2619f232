import assert from "node:assert/strict";
import { test } from "node:test";
import { linksOf, step, topmost, trails } from "../../src/view/canvas/links";
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

/** Node 0 above, an open module with nodes 1 and 2 inside, node 3 below; each edge is cut at the borders. */
const cut = {
  ...sceneOf(
    [
      { kind: 0, ref: 0, at: [0, 0, 50, 30] },
      { kind: 2, ref: 1, at: [0, 60, 200, 150] },
      { kind: 0, ref: 1, at: [0, 100, 50, 30], parent: 1 },
      { kind: 0, ref: 2, at: [100, 100, 50, 30], parent: 1 },
      { kind: 0, ref: 3, at: [100, 240, 50, 30] },
    ],
    [
      [0, 1],
      [1, 2],
      [3, 1],
      [1, 4],
    ],
  ),
  points: Float32Array.of(25, 30, 40, 60, 40, 84, 25, 100, 125, 130, 120, 210, 120, 210, 125, 240),
};
const cutLinks = linksOf(cut);

test("a value is followed through borders to its user, and back", () => {
  assert.deepEqual(trails(cut, cutLinks, 0, "down"), [{ end: 2, edges: [0, 1] }]);
  assert.deepEqual(trails(cut, cutLinks, 4, "up"), [{ end: 3, edges: [3, 2] }]);
  assert.deepEqual(trails(cut, cutLinks, 2, "down"), []);
});

test("a walk steps over borders", () => {
  assert.equal(step(cut, cutLinks, 0, "down"), 2);
  assert.equal(step(cut, cutLinks, 3, "down"), 4);
  assert.equal(step(cut, cutLinks, 2, "up"), 0);
});

test("an open module is left by its own border", () => {
  assert.deepEqual(
    trails(cut, cutLinks, 1, "up").map(({ end }) => end),
    [0],
  );
  assert.equal(step(cut, cutLinks, 1, "up"), 0);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { indexed } from "../../src/model/graph";
import { gridOf } from "../../src/model/grid";
import { dice, synthetic } from "../../src/model/synthetic";
import type { Scene } from "../../src/model/types";
import { graphOf, pointsOf, scene } from "./handmade";

const { about, columns, strings } = synthetic(700, 4);
const found = scene(indexed(about, columns, strings));
const grid = gridOf(found);
const random = dice(8);
const rects = Array.from({ length: 200 }, () => {
  const [x, y, size] = [random() * found.width, random() * found.height, random() ** 3 * found.width];
  return [x - size, y - size / 2, x, y] as const;
});

test("the items of a rectangle are those that touch it, in order", () => {
  for (const [x0, y0, x1, y1] of rects) {
    const touching = (i: number) => found.x[i]! <= x1 && found.x[i]! + found.w[i]! >= x0 && found.y[i]! <= y1 && found.y[i]! + found.h[i]! >= y0;
    assert.deepEqual(Array.from(grid.items(x0, y0, x1, y1)), everyOne(found.count).filter(touching));
  }
});

test("the edges of a rectangle are those with a point in it, and none that is all on one side", () => {
  for (const [x0, y0, x1, y1] of rects) {
    const given = new Set(grid.edges(x0, y0, x1, y1));
    for (const edge of everyOne(found.from.length)) {
      const points = pointsOf(found, edge);
      if (points.some(({ x, y }) => x >= x0 && x <= x1 && y >= y0 && y <= y1)) assert.ok(given.has(edge));
      if (points.every(({ x }) => x > x1) || points.every(({ y }) => y < y0)) assert.ok(!given.has(edge));
    }
  }
});

test("at a point stands the innermost item", () => {
  for (let item = 0; item < found.count; item++) {
    const at = grid.at(found.x[item]! + 2, found.y[item]! + 2);
    assert.equal(at, item, "its own corner belongs to nobody inside it");
  }
  assert.equal(grid.at(-50, -50), -1);
});

test("an empty scene has a grid", () => {
  const empty: Scene = scene(graphOf([]));
  assert.equal(gridOf(empty).at(1, 1), -1);
  assert.equal(gridOf(empty).items(-1e9, -1e9, 1e9, 1e9).length, 0);
});

function everyOne(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}

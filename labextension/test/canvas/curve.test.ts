import assert from "node:assert/strict";
import { test } from "node:test";
import { addEdge } from "../../src/view/canvas/curve";
import { svgPen } from "../../src/view/canvas/svgpen";
import { sceneOf } from "./fixtures";

function path(points: readonly number[], curved = true): string {
  const scene = { ...sceneOf([]), bends: Uint32Array.of(0, points.length / 2), points: Float32Array.from(points) };
  const pen = svgPen();
  pen.beginPath();
  addEdge(pen, scene, 0, curved);
  pen.stroke();
  return / d="([^"]*)"/.exec(pen.file(0, 0, 1, 1, ""))?.[1] ?? "";
}

test("an edge of two points is upright at both ends", () =>
  assert.equal(path([0, 0, 10, 20]), "M0 0C0 10 10 10 10 20"));

test("a straight edge is a line", () => assert.equal(path([5, 0, 5, 20, 5, 40]), "M5 0L5 20L5 40"));

test("from afar an edge is drawn without curves", () => assert.equal(path([0, 0, 10, 20], false), "M0 0L10 20"));

test("an edge never runs beside its bends", () => {
  const numbers = path([0, 0, 30, 20, 40, 60, 10, 90])
    .match(/-?[\d.]+/g)!
    .map(Number);
  const across = numbers.filter((_, at) => at % 2 === 0);
  assert.ok(Math.min(...across) >= 0 && Math.max(...across) <= 40);
});

test("an edge without a length harms nobody", () => assert.equal(path([]), ""));

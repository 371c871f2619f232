import assert from "node:assert/strict";
import { test } from "node:test";
import { brightness, evenSteps } from "../../src/view/canvas/colour";
import { detailAt, LABEL_PX, markSize } from "../../src/view/canvas/detail";
import { DARK, HEAT_STEPS, heatBucket, heatFill, inkOn, LIGHT } from "../../src/view/canvas/palette";

const ZOOMS = [0.002, 0.01, 0.05, 0.2, 0.3, 0.5, 1, 2, 4];

test("text is drawn only where it can be read", () => {
  for (const zoom of ZOOMS) assert.equal(detailAt(zoom).labels, LABEL_PX * zoom >= 6);
});

test("the softer line comes after the label", () => {
  for (const zoom of ZOOMS) assert.ok(detailAt(zoom).labels || !detailAt(zoom).specs);
});

test("a mark is at least 6 px at every zoom, and no flood when near", () => {
  for (const zoom of ZOOMS) assert.ok(markSize(zoom) * zoom >= 5.99 && markSize(zoom) * zoom <= 18.01);
});

test("a line is at least a hair on the screen", () => {
  for (const zoom of ZOOMS) assert.ok(detailAt(zoom).hair * zoom >= 0.59);
});

test("the steps of the heat are even to the eye, and run from first to last", () => {
  const steps = evenSteps("#f0e4fa", "#7a2fb5", 5);
  assert.deepEqual([steps[0], steps[4]], ["#f0e4fa", "#7a2fb5"]);
  const drops = steps.slice(1).map((step, at) => brightness(steps[at]!) - brightness(step));
  for (const drop of drops) assert.ok(Math.abs(drop - drops[0]!) < 0.01);
});

test("agreeing is no step of the heat, and the worst is the last", () => {
  assert.deepEqual([heatBucket(0), heatBucket(1), heatBucket(255)], [1, 2, HEAT_STEPS + 1]);
  assert.equal(heatFill(LIGHT, 1), LIGHT.agrees);
  assert.equal(heatFill(DARK, heatBucket(255)), DARK.heat);
});

test("text on heat can be read", () => {
  for (const palette of [LIGHT, DARK]) {
    for (const fill of palette.heatSteps) assert.ok(Math.abs(brightness(fill) - brightness(inkOn(fill))) > 0.35, fill);
  }
});

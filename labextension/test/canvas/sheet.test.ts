import assert from "node:assert/strict";
import { test } from "node:test";
import { pngScale } from "../../src/view/canvas/export";
import { wheelFactor } from "../../src/view/canvas/hand";
import { minimapSize } from "../../src/view/canvas/minimap";
import { covers, meet, widened, without } from "../../src/view/canvas/sheet";

const size = ({ w, h }: { w: number; h: number }) => w * h;

test("the strips and what is kept are the whole, once", () => {
  const whole = { x: 0, y: 0, w: 100, h: 80 };
  for (const moved of [{ x: -30, y: 20, w: 100, h: 80 }, { x: 10, y: 10, w: 20, h: 20 }, whole]) {
    const kept = meet(whole, moved)!;
    const strips = without(whole, kept);
    assert.equal(
      strips.reduce((sum, strip) => sum + size(strip), size(kept)),
      size(whole),
    );
    for (const strip of strips) assert.equal(meet(strip, kept), null);
  }
});

test("areas that do not touch share nothing", () =>
  assert.equal(meet({ x: 0, y: 0, w: 5, h: 5 }, { x: 5, y: 0, w: 5, h: 5 }), null));

test("a widened view covers the view and stays within memory", () => {
  for (const view of [
    { x: 7, y: -3, w: 1200, h: 800 },
    { x: 0, y: 0, w: 7000, h: 4000 },
  ]) {
    assert.ok(covers(widened(view), view));
    assert.ok(size(widened(view)) <= Math.max(24.1e6, size(view)));
  }
});

test("a picture stays within 8,000 px a side and 64 megapixels", () => {
  for (const [width, height] of [
    [500, 400],
    [700, 367_000],
    [20_000, 20_000],
  ] as const) {
    const scale = pngScale(width, height);
    assert.ok(scale <= 2 && Math.max(width, height) * scale <= 8_000.001 && width * height * scale ** 2 <= 64_000_001);
  }
});

test("a minimap is small, and no thread", () => {
  assert.deepEqual(minimapSize({ width: 700, height: 367_000 }), { width: 36, height: 140 });
});

test("a wheel zooms in and out by the same amount", () => {
  assert.ok(Math.abs(wheelFactor(100, false) * wheelFactor(-100, false) - 1) < 1e-12);
  assert.ok(wheelFactor(-100, false) > 1);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { ellipsis, plain, remembered } from "../../src/view/canvas/labels";

/** Each character is one wide. */
const measure = (text: string) => text.length;

test("a label that fits is left as it is", () => assert.equal(ellipsis("linear", 6, measure), "linear"));

test("a label that does not fit is cut and says so", () => assert.equal(ellipsis("layer_norm", 6, measure), "layer…"));

test("where nothing fits nothing is drawn", () => assert.equal(ellipsis("linear", 0, measure), ""));

test("no character is cut in half", () => assert.equal(ellipsis("ab😀cd", 4, measure), "ab…"));

test("what turns text around or hides in it is left out", () => {
  assert.equal(plain("a\u202Eb\u200Bc\u0000d\nе"), "abcd е");
  assert.equal(plain("half \ud800 a character"), "half a character");
});

test("a name of 100 KB is made short", () => assert.ok(plain("x".repeat(100_000)).length <= 160));

test("a width is measured once", () => {
  let asked = 0;
  const known = remembered((text) => {
    asked++;
    return text.length;
  });
  assert.deepEqual([known("add"), known("add"), asked], [3, 3, 1]);
});

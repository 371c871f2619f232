import assert from "node:assert/strict";
import { test } from "node:test";
import { stepNodes } from "../../src/view/chain";

test("each step is its node, the last one is the line", () => {
  assert.deepEqual(stepNodes({ chain: [0, 3], chain_text: ["x", "norm", "int gave 3"] }), [0, 3, null]);
});
test("of a long way the first and the last steps are told", () => {
  const chain_text = ["x", "… 3 more …", "sum", "gt", "bool gave True"];
  assert.deepEqual(stepNodes({ chain: [0, 1, 2, 3, 4, 5], chain_text }), [0, null, 4, 5, null]);
});
test("without nodes no step leads anywhere", () => assert.deepEqual(stepNodes({ chain: [], chain_text: ["x"] }), [null]));

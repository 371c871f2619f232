import assert from "node:assert/strict";
import { test } from "node:test";
import { choices, EVERYTHING, grouped, isFiltered, listed, sifted } from "../../src/view/sifting";
import { finding } from "./documents";

const branch = finding({ id: "a", rule: "data-dependent-branch", look: "error", place: "m.py:3", message: "The branch was decided" });
const scalar = finding({ id: "b", rule: "data-dependent-scalar", look: "warning", place: "m.py:9", module: "head" });
const loop = finding({ id: "c", rule: "data-dependent-loop", look: "note", place: "m.py:3", frozen: "3" });
const all = [branch, scalar, loop];

test("no filter lets everything through, in Python's order", () => {
  assert.deepEqual(sifted(all, EVERYTHING), [0, 1, 2]);
  assert.equal(isFiltered(EVERYTHING), false);
});

test("several looks add up", () => assert.deepEqual(sifted(all, { ...EVERYTHING, looks: new Set(["error", "note"]) }), [0, 2]));
test("a rule", () => assert.deepEqual(sifted(all, { ...EVERYTHING, rule: "data-dependent-loop" }), [2]));
test("a module", () => assert.deepEqual(sifted(all, { ...EVERYTHING, module: "head" }), [1]));
test("every word must be there, in any case and field", () => {
  assert.deepEqual(sifted(all, { ...EVERYTHING, text: "DECIDED m.py:3" }), [0]);
  assert.deepEqual(sifted(all, { ...EVERYTHING, text: "decided nowhere" }), []);
});

test("findings of one line stand together where the worst of them stands", () => {
  assert.deepEqual(grouped(all, [0, 1, 2]).map((group) => group.findings), [[0, 2], [1]]);
  assert.deepEqual(listed(all, EVERYTHING), [0, 2, 1]);
});

test("the choices of a filter are what is there", () => {
  assert.deepEqual(choices(all, "module"), ["head"]);
  assert.equal(choices([branch, branch], "rule").length, 1);
});

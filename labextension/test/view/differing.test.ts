import assert from "node:assert/strict";
import { test } from "node:test";
import { followRun, nodesInView, toggleOnly } from "../../src/view/differing";
import { storeOf } from "../../src/view/store";
import { differs, run, unpackedOf } from "./documents";

const line = { nodes: [{}, { takes: [0] }, { takes: [1] }, { takes: [2] }, { takes: [3] }] };
const runs = [run({ along: [differs(4)], first_divergence: 3 }), run({ id: 1 })];

test("what differs is what has another value, and what eager has not", () => {
  assert.deepEqual(nodesInView(storeOf(unpackedOf([line], { runs }))), [3, 4]);
});

test("only what differs, with what it is computed from, stays by itself; a second time all does", () => {
  const store = storeOf(unpackedOf([line], { runs }));
  assert.equal(toggleOnly(store), true);
  assert.deepEqual(Array.from(store.opened.value.alone ?? []).slice(1), [1, 1, 1, 1]);
  toggleOnly(store);
  assert.equal(store.opened.value.alone, undefined);
});

test("a Run in which nothing differs shows all again", () => {
  const store = storeOf(unpackedOf([line], { runs }));
  toggleOnly(store);
  store.goToRun(1);
  followRun(store);
  assert.equal(store.opened.value.alone, undefined);
  assert.equal(toggleOnly(store), false);
});

test("a node that is gone to is seen by itself", () => {
  const long = { nodes: Array.from({ length: 9 }, (_, at) => (at === 0 ? {} : { takes: [at - 1] })) };
  const store = storeOf(unpackedOf([long], { runs: [run({ along: [differs(8)] })] }));
  toggleOnly(store);
  assert.equal(store.opened.value.alone?.[3], 0);
  store.goToNode(3);
  assert.equal(store.opened.value.alone?.[3], 1);
});

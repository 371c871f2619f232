import assert from "node:assert/strict";
import { test } from "node:test";
import { stepDifference } from "../../src/view/keys";
import { read, written } from "../../src/view/fragment";
import { follow, linkOf } from "../../src/view/link";
import { screenOf } from "../../src/view/screen";
import { storeOf } from "../../src/view/store";
import { differs, finding, run, unpackedOf } from "./documents";

/** The whole holds module 1, which holds module 2, which holds node 1. */
const nested = { parents: [0, 0, 1], nodes: [{}, { scope: 2, takes: [0] }, { takes: [1] }] };
const flat = { nodes: [{}, { takes: [0] }] };

test("at first the worst finding is in view, with the Run that proves it", () => {
  const store = storeOf(unpackedOf([nested], { findings: [finding({ witness: 1 })], runs: [run(), run({ id: 1 })] }));
  assert.equal(store.finding.value, 0);
  assert.equal(store.run.value, 1);
});

test("without findings the first Run that does not agree is in view, and without Runs none", () => {
  const runs = [run(), run({ id: 1, outcome: "diverges" })];
  assert.equal(storeOf(unpackedOf([nested], { runs })).run.value, 1);
  assert.equal(storeOf(unpackedOf([nested])).run.value, null);
});

test("going to a node opens what hides it, and asks for it to be shown", () => {
  const store = storeOf(unpackedOf([nested]));
  store.goToNode(1);
  assert.deepEqual(store.selected.value, { kind: "node", node: 1 });
  assert.ok(store.opened.value.scopes.has(1) && store.opened.value.scopes.has(2));
  assert.equal(store.reveal.value, 1);
});

test("going to a module opens what is around it, not the module", () => {
  const store = storeOf(unpackedOf([nested]));
  store.closeAll();
  store.goToScope(2);
  assert.ok(store.opened.value.scopes.has(1));
  assert.ok(!store.opened.value.scopes.has(2));
});

test("what is closed over the selection becomes the selection", () => {
  const store = storeOf(unpackedOf([nested]));
  store.goToNode(1);
  store.toggleScope(1);
  assert.deepEqual(store.selected.value, { kind: "scope", scope: 1 });
});

test("each method remembers what was open in it", () => {
  const store = storeOf(unpackedOf([nested, flat]));
  store.goToNode(1, 0);
  store.goToNode(1, 1);
  assert.ok(!store.opened.value.scopes.has(2));
  store.goToNode(0, 0);
  assert.ok(store.opened.value.scopes.has(2));
});

test("a finding brings its method, its node and its witness", () => {
  const findings = [finding(), finding({ id: "D2", graph: 1, nodes: [1], witness: 0 })];
  const store = storeOf(unpackedOf([nested, flat], { findings, runs: [run()] }));
  store.run.value = null;
  store.goToFinding(1);
  assert.equal(store.graph.value, 1);
  assert.deepEqual(store.selected.value, { kind: "node", node: 1 });
  assert.equal(store.run.value, 0);
});

test("a finding without a node leaves nothing selected that is not its own", () => {
  const store = storeOf(unpackedOf([nested], { findings: [finding({ nodes: [1] }), finding({ id: "D2" })] }));
  store.goToFinding(0);
  store.goToFinding(1);
  assert.deepEqual(store.selected.value, { kind: "nothing" });
});

test("a finding is gone to where Python asked, not at what it decided", () => {
  const store = storeOf(unpackedOf([nested], { findings: [finding({ nodes: [2], chain: [0, 1] })] }));
  store.goToFinding(0);
  assert.deepEqual(store.selected.value, { kind: "node", node: 1 });
});

test("a Run that says something of the finding stays in view", () => {
  const findings = [finding({ witness: 0, tried: [0, 1] })];
  const store = storeOf(unpackedOf([nested], { findings, runs: [run(), run({ id: 1 }), run({ id: 2 })] }));
  store.goToRun(1);
  store.goToFinding(0);
  assert.equal(store.run.value, 1);
  store.goToRun(2);
  store.goToFinding(0);
  assert.equal(store.run.value, 0);
});

test("what is not there is not gone to", () => {
  const store = storeOf(unpackedOf([nested]));
  store.goToNode(99);
  store.goToNode(0, 7);
  store.goToScope(99);
  store.goToFinding(3);
  store.goToRun(3);
  assert.equal(store.graph.value, 0);
  assert.equal(store.run.value, null);
  const none = storeOf(unpackedOf([]));
  none.goToNode(0);
  none.openAll();
  none.closeAll();
  assert.deepEqual(none.selected.value, { kind: "nothing" });
});

test("a link shows another viewer what this one shows", () => {
  const document = () => unpackedOf([nested, nested], { findings: [finding(), finding({ id: "D2" })], runs: [run(), run({ id: 4 })] });
  const here = storeOf(document());
  here.goToFinding(1);
  here.goToRun(1);
  here.goToNode(1, 1);
  here.filter.value = { text: "x", looks: new Set(["error"]), rule: "r", module: "m" };
  const there = storeOf(document());
  follow(there, read(written(linkOf(here))));
  for (const part of ["finding", "run", "graph", "selected", "filter", "opened"] as const) {
    assert.deepEqual(there[part].value, here[part].value, part);
  }
});

test("a link remembers that all is closed", () => {
  const here = storeOf(unpackedOf([nested]));
  here.closeAll();
  const there = storeOf(unpackedOf([nested]));
  there.openAll();
  follow(there, read(written(linkOf(here))));
  assert.ok(!there.opened.value.scopes.has(1));
});

test("a link to what this document has not is harmless", () => {
  const store = storeOf(unpackedOf([nested], { findings: [finding()] }));
  follow(store, read("g=9&n=zz&f=other&r=8&o=1-9&x=5"));
  assert.equal(store.graph.value, 0);
  assert.equal(store.finding.value, 0);
  assert.deepEqual([...store.opened.value.scopes].sort(), [1, 2]);
});

test("the nodes that differ are walked through, and round", () => {
  const store = storeOf(unpackedOf([nested], { runs: [run({ along: [differs(1), differs(2)] })] }));
  const screen = screenOf(store);
  const seen = [1, 1, 1, -1].map((step) => {
    stepDifference(screen, step as 1 | -1);
    const selected = store.selected.value;
    return selected.kind === "node" ? selected.node : null;
  });
  assert.deepEqual(seen, [1, 2, 1, 2]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { carry, carryOver, isAlike } from "../../src/view/link";
import { storeOf } from "../../src/view/store";
import { finding, run, unpackedOf } from "./documents";

const nested = { parents: [0, 0, 1], nodes: [{}, { scope: 2, takes: [0] }, { takes: [1] }] };
const runs = [run(), run({ id: 1 }), run({ id: 2 })];

test("another document is shown as the one before it was", () => {
  const before = storeOf(unpackedOf([nested], { runs, findings: [finding(), finding({ id: "D2", nodes: [1] })] }));
  before.goToFinding(1);
  before.goToRun(1);
  before.goToNode(1);
  before.filter.value = { ...before.filter.value, text: "branch" };
  const after = storeOf(unpackedOf([nested], { runs, findings: [finding({ id: "D2", nodes: [1] }), finding()] }));
  carry(before, after);
  assert.equal(after.finding.value, 0);
  assert.equal(after.run.value, 1);
  assert.deepEqual(after.selected.value, { kind: "node", node: 1 });
  assert.deepEqual([...after.opened.value.scopes].sort(), [...before.opened.value.scopes].sort());
  assert.equal(after.filter.value.text, "branch");
});

test("a finding that was proven meanwhile is shown with its proof", () => {
  const before = storeOf(unpackedOf([nested], { runs, findings: [finding()] }));
  before.goToRun(0);
  const after = storeOf(unpackedOf([nested], { runs, findings: [finding({ witness: 2 })] }));
  carry(before, after);
  assert.equal(after.run.value, 2);
});

test("documents of other graphs are not alike", () => {
  assert.ok(isAlike(storeOf(unpackedOf([nested])), storeOf(unpackedOf([nested], { runs }))));
  assert.ok(!isAlike(storeOf(unpackedOf([nested])), storeOf(unpackedOf([{ nodes: [{}] }]))));
});

test("a Run that is made meanwhile joins the others, once", () => {
  const store = storeOf(unpackedOf([nested], { runs: [run()] }));
  store.addRun(run({ id: 5 }));
  store.addRun(run({ id: 5 }));
  assert.equal(store.history.value, 2);
  store.goToRun(1);
  assert.equal(store.run.value, 1);
});

test("of another trace the same finding is in view, whatever its graph", () => {
  const before = storeOf(unpackedOf([nested], { findings: [finding(), finding({ id: "D2", nodes: [1] })] }));
  before.goToFinding(1);
  before.filter.value = { ...before.filter.value, text: "branch", module: "gone" };
  const after = storeOf(unpackedOf([{ nodes: [{}] }], { findings: [finding({ id: "D2" }), finding({ id: "D3" })] }));
  after.goToFinding(1);
  assert.ok(carryOver(before, after));
  assert.equal(after.finding.value, 0);
  assert.equal(after.filter.value.text, "branch");
  assert.equal(after.filter.value.module, "");
});

test("of another trace the module of the same name is in view", () => {
  const named = (graph: (typeof nested) | { parents: number[] }, strings: string[], names: number[]) => {
    const unpacked = unpackedOf([graph], { strings });
    unpacked.graphs[0]!.columns.fqn.set(names);
    return storeOf(unpacked);
  };
  const before = named(nested, ["", "op", "encoder", "head"], [0, 2, 3]);
  before.goToScope(2);
  const after = named({ parents: [0, 0, 0] }, ["", "head", "other"], [0, 1, 2]);
  assert.ok(carryOver(before, after));
  assert.deepEqual(after.selected.value, { kind: "scope", scope: 1 });
});

test("a finding is known again by its line where the code around it was edited", () => {
  const file = (text: string) => ({ title: "c", filename: "/c", text, tokens: [], marks: [] });
  const shown = (text: string, lines: number[]) => {
    const findings = lines.map((line, at) => finding({ id: `${text} ${line}`, range: at + 1 }));
    return storeOf(unpackedOf([{ nodes: lines.map((line) => ({ line })) }], { findings, files: [file(text)] }));
  };
  const before = shown("if a:\nif b:", [1, 2]);
  before.goToFinding(1);
  const after = shown("new\nif c:\nif a:\n  if b:", [2, 3, 4]);
  assert.ok(carryOver(before, after));
  assert.equal(after.finding.value, 2);
  const alike = shown("new\nif a:\nif b:", [2, 3]);
  carry(before, alike);
  assert.equal(alike.finding.value, 1);
  assert.ok(carryOver(before, shown("if d:", [1])));
  assert.ok(!carryOver(before, shown("if d:\nif e:", [1, 2])));
});

test("where nothing is the same, that is told", () => {
  const before = storeOf(unpackedOf([nested], { findings: [finding()] }));
  before.goToScope(1);
  assert.ok(!carryOver(before, storeOf(unpackedOf([nested], { findings: [finding({ id: "D9", rule: "outside-read" })] }))));
});

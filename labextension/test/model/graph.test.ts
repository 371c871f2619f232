import assert from "node:assert/strict";
import { test } from "node:test";
import { chain, graphOf } from "./handmade";

const weight = { op: 1, label: "fc.weight", scope: 1 };

test("what a scope holds: scopes, nodes without parameters, marks", () => {
  const graph = graphOf([weight, { scope: 1, mark: 3 }, { scope: 2, mark: 2 }, {}], [{ title: "a" }, { parent: 1, title: "b" }]);
  assert.deepEqual([graph.children(0), graph.children(1), graph.own(1), graph.own(0)], [[1], [2], [1], [3]]);
  assert.deepEqual([graph.size(0), graph.size(1), graph.size(2)], [3, 2, 1]);
  assert.deepEqual([graph.worst(1), graph.marked(1), graph.worst(2)], [2, 2, 2]);
});

test("what a node takes, with repeats, and its users, each once", () => {
  const graph = graphOf([{}, { takes: [0, 0] }, { takes: [0, 1] }]);
  assert.deepEqual([graph.inputs(1), graph.users(0), graph.users(2)], [[0, 0], [1, 2], []]);
});

test("the parameters of a node are named by what they are in the model", () => {
  const graph = graphOf([weight, {}, { takes: [1, 0, 0] }]);
  assert.deepEqual(graph.parameters(2), ["fc.weight"]);
});

test("the way to a scope, and what must be open for a node to be seen", () => {
  const alike = [1, 1, 1].map((parent) => ({ parent, title: "layer", same: 4 }));
  const graph = graphOf([{ scope: 2 }, { scope: 3 }, { scope: 4 }], [{ title: "a" }, ...alike]);
  assert.deepEqual([graph.path(3), graph.path(0)], [[1, 3], []]);
  const opened = graph.revealing({ scopes: new Set([4]), folds: new Set() }, 1);
  assert.deepEqual([opened.scopes, opened.folds], [new Set([4, 1, 3]), new Set([2])]);
});

test("folds: three or more alike in a row, whatever is empty between them", () => {
  const same = (one: number) => ({ title: "layer", same: one });
  const graph = graphOf([1, 2, 4, 5, 6].map((scope) => ({ scope })), [same(7), same(7), same(9), same(7), same(8), same(8)]);
  assert.deepEqual([1, 2, 3, 4, 5, 6].map((scope) => graph.fold(scope)?.first), [1, 1, undefined, 1, undefined, undefined]);
  assert.equal(graph.fold(4)?.count, 3);
  assert.deepEqual(graph.everything(), { scopes: new Set([1, 2, 3, 4, 5, 6]), folds: new Set([1]) });
});

test("alike modules with the number 0 are not folded", () => {
  assert.equal(graphOf([1, 2, 3].map((scope) => ({ scope })), [{}, {}, {}]).fold(1), null);
});

test("a node as one line of text", () => {
  const graph = graphOf([{}, {}, { takes: [0, 1], form: "aten::add($0, $1, 1, $7)" }]);
  assert.equal(graph.text(2, ["model.py"]), "%v2 : f32[2] = aten::add(%v0, %v1, 1, $7)  # model.py:12");
  assert.equal(graph.text(2, []), "%v2 : f32[2] = aten::add(%v0, %v1, 1, $7)");
  assert.equal(graph.text(99, []), "");
});

test("ten thousand scopes inside each other have sizes and ways", () => {
  const scopes = Array.from({ length: 10_000 }, (_, at) => ({ parent: at }));
  const graph = graphOf([{ scope: 10_000 }, ...chain(1)], scopes);
  assert.deepEqual([graph.size(1), graph.path(10_000).length], [1, 10_000]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { find } from "../../src/model/find";
import { graphOf } from "./handmade";

const graph = graphOf(
  [{ label: "aten::relu" }, { label: "relu" }, { label: "relu_" }, { label: "linear" }],
  [{ title: "Encoder" }, { title: "decoder" }],
);

test("the query itself first, then what begins with it, then what holds it; case does not matter", () => {
  assert.deepEqual(find(graph, "ReLU", 10).nodes, [1, 2, 0]);
  assert.deepEqual(find(graph, "encoder", 10).scopes, [1]);
});

test("every word must be found somewhere", () => {
  assert.deepEqual(find(graph, "relu f32", 10).nodes, [1, 2, 0]);
  assert.deepEqual(find(graph, "relu nowhere", 10), { nodes: [], scopes: [] });
});

test("no more than the limit, and nothing for nothing", () => {
  assert.deepEqual(find(graph, "coder", 1).scopes, [1]);
  assert.deepEqual(find(graph, "  ", 10), { nodes: [], scopes: [] });
});

test("what is special in a pattern is plain text here", () => {
  assert.deepEqual(find(graph, "(.*", 10), { nodes: [], scopes: [] });
});

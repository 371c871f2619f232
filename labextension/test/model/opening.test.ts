import assert from "node:assert/strict";
import { test } from "node:test";
import { indexed } from "../../src/model/graph";
import { layOut } from "../../src/model/layout";
import { opening, READABLE } from "../../src/model/opening";
import { synthetic } from "../../src/model/synthetic";
import { graphOf } from "./handmade";

const LARGE = [300, 3000, 30000].map((nodes) => {
  const { about, columns, strings } = synthetic(nodes, 7);
  return indexed(about, columns, strings);
});
const boxes = (graph: ReturnType<typeof graphOf>) =>
  layOut(graph, opening(graph), (text) => text.length * 7).kind.filter((kind) => kind !== 5).length;

test("a small graph is wholly open", () => {
  const graph = graphOf([{ scope: 1 }, { scope: 2 }, { scope: 2 }], [{ title: "a" }, { parent: 1, title: "b" }]);
  assert.deepEqual(opening(graph).scopes, new Set([1, 2]));
});

test("a large graph shows what can be read, and not its one outermost module alone", () => {
  for (const graph of LARGE) {
    const open = opening(graph).scopes.size;
    assert.ok(boxes(graph) - open <= READABLE, `${boxes(graph)} boxes`);
  }
});

test("what is around the worst finding is open", () => {
  for (const graph of LARGE) {
    const node = graph.nodes - 2;
    const { scopes, folds } = opening(graph, node);
    const needed = graph.revealing(graph.nothing(), node);
    assert.ok([...needed.scopes].every((scope) => scopes.has(scope)) && [...needed.folds].every((fold) => folds.has(fold)));
  }
});

test("an empty graph", () => {
  assert.deepEqual(opening(graphOf([])), graphOf([]).nothing());
});

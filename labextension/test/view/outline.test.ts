import assert from "node:assert/strict";
import { test } from "node:test";
import { linesOf, nextOf } from "../../src/view/lines";
import { firstNodes, outline } from "../../src/view/outline";
import { storeOf } from "../../src/view/store";
import { graphOf } from "../model/handmade";
import { unpackedOf } from "./documents";

const graph = storeOf(
  unpackedOf([
    {
      parents: [0, 0, 1, 0],
      nodes: [{ line: 1 }, { scope: 2, line: 2 }, { line: 2 }, { scope: 1, line: 2, ghost: true }, { scope: 3, line: 3 }],
    },
  ]),
).graphs[0]!;
const first = firstNodes(graph);

test("a module stands where its first node was recorded", () => {
  assert.deepEqual([...first], [0, 1, 1, 4]);
  const rows = outline(graph, { scopes: new Set(), folds: new Set() }, first);
  assert.deepEqual(rows.map(({ kind, ref }) => `${kind} ${ref}`), ["node 0", "scope 1", "node 2", "scope 3"]);
});

test("what is open is listed below its module, and knows it", () => {
  const rows = outline(graph, { scopes: new Set([1, 2]), folds: new Set() }, first);
  assert.deepEqual(rows.map(({ kind, ref, level }) => `${level} ${kind} ${ref}`), [
    "1 node 0", "1 scope 1", "2 scope 2", "3 node 1", "2 node 3", "1 node 2", "1 scope 3",
  ]);
  assert.equal(rows[3]!.parent, 2);
  assert.deepEqual([rows[4]!.position, rows[4]!.siblings], [2, 2]);
});

test("a line knows its nodes; ghosts are not counted", () => {
  const lines = linesOf(graph);
  assert.deepEqual(lines.nodes(0, 2), [1, 2, 3]);
  assert.equal(lines.count(0, 2), 2);
  assert.equal(lines.count(0, 7), 0);
  assert.deepEqual(lines.recorded(0), [1, 2, 3]);
});

test("clicks on a line go through its nodes, and round", () => {
  assert.equal(nextOf([4, 6], null), 4);
  assert.equal(nextOf([4, 6], 4), 6);
  assert.equal(nextOf([4, 6], 6), 4);
  assert.equal(nextOf([4, 6], 5), 4);
  assert.equal(nextOf([], 5), null);
});

test("parameters, with which a graph begins, do not say where a module stands", () => {
  const graph = graphOf([{ op: 1, scope: 1 }, { label: "x" }, { scope: 1, takes: [0, 1] }], [{ title: "linear" }]);
  assert.deepEqual([...firstNodes(graph)], [1, 2]);
});

test("an open fold lists its modules and what the parent computes between them as they come", () => {
  const scopes = Array.from({ length: 4 }, () => ({ title: "layer", same: 1 }));
  const graph = graphOf(scopes.flatMap((_, at) => [{ scope: at + 1 }, { label: "add" }]), scopes);
  const rows = outline(graph, { scopes: new Set(), folds: new Set([1]) }, firstNodes(graph));
  assert.deepEqual(rows.map(({ kind, ref, level }) => `${level} ${kind} ${ref}`), [
    "1 fold 1", "2 scope 1", "2 node 1", "2 scope 2", "2 node 3", "2 scope 3", "2 node 5", "2 scope 4", "1 node 7",
  ]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { crossings } from "../../bench/crossings";
import { indexed } from "../../src/model/graph";
import { dice, synthetic } from "../../src/model/synthetic";
import { GET_ATTR } from "../../src/model/tables";
import type { GraphIndex, Opened, Scene } from "../../src/model/types";
import { chain, checkBoxes, checkEdges, graphOf, itemsOf, pointsOf, scene } from "./handmade";

const [NODE, MODULE, OPEN, FOLD, OPEN_FOLD, STUB, STRETCH] = [0, 1, 2, 3, 4, 5, 6];

function made(nodes: number, seed: number): GraphIndex {
  const { about, columns, strings } = synthetic(nodes, seed);
  return indexed(about, columns, strings);
}

function someOpen(graph: GraphIndex, seed: number): Opened {
  const random = dice(seed);
  const all = graph.everything();
  const part = (of: ReadonlySet<number>) => new Set(Array.from(of).filter(() => random() < 0.9));
  return { scopes: part(all.scopes), folds: part(all.folds) };
}

const cases = Array.from({ length: 24 }, (_, at) => ({ nodes: [5, 40, 300, 1500][at % 4]!, seed: at + 1 }));
const scenes = cases.map(({ nodes, seed }) => {
  const graph = made(nodes, seed);
  const opened = seed % 3 === 0 ? graph.everything() : someOpen(graph, seed);
  return { graph, opened, found: scene(graph, opened) };
});

test("siblings never overlap, and everything is inside what holds it", () => {
  for (const { found } of scenes) checkBoxes(found);
});

test("every edge begins and ends on a border and runs down, but for a change of column", () => {
  for (const { found } of scenes) checkEdges(found);
});

test("no edge goes through a box that it does not belong to", () => {
  for (const { found } of scenes.filter(({ found }) => found.count < 600)) checkThrough(found);
});

function checkThrough(found: Scene): void {
  for (let edge = 0; edge < found.from.length; edge++) {
    const [from, to] = [found.from[edge]!, found.to[edge]!];
    const level = found.parent[to] === from ? from : found.parent[from]!;
    const points = pointsOf(found, edge);
    for (let item = 0; item < found.count; item++) {
      if (item === from || item === to || found.parent[item] !== level) continue;
      const inside = points.slice(1).some((point, at) => crosses(found, item, points[at]!, point));
      assert.ok(!inside, `edge ${edge} (${from} to ${to}) goes through ${item}`);
    }
  }
}

function crosses(found: Scene, item: number, a: { x: number; y: number }, b: { x: number; y: number }): boolean {
  const [x0, y0] = [found.x[item]! + 1, found.y[item]! + 1];
  const [x1, y1] = [x0 + found.w[item]! - 2, y0 + found.h[item]! - 2];
  return Array.from({ length: 21 }, (_, k) => k / 20).some((t) => {
    const [x, y] = [a.x + t * (b.x - a.x), a.y + t * (b.y - a.y)];
    return x > x0 && x < x1 && y > y0 && y < y1;
  });
}

test("every node is drawn once, in its own box or in the closed one around it; parameters never", () => {
  for (const { graph, opened, found } of scenes) {
    const drawn = itemsOf(found, NODE!).map((item) => found.ref[item]!);
    const wanted = Array.from({ length: graph.nodes }, (_, node) => node).filter((node) => graph.columns.op[node] !== GET_ATTR && isSeen(graph, opened, node));
    assert.deepEqual(drawn.sort((a, b) => a - b), wanted);
  }
});

function isSeen(graph: GraphIndex, opened: Opened, node: number): boolean {
  return graph.path(graph.columns.scope[node]!).every((scope) => {
    const fold = graph.fold(scope);
    return opened.scopes.has(scope) && (!fold || opened.folds.has(fold.first));
  });
}

test("whatever a node takes is joined to it by edges, or named by a stub", () => {
  for (const { graph, found } of scenes) {
    const own = new Map(itemsOf(found, NODE!).map((item) => [found.ref[item]!, item]));
    const links = new Map<number, number[]>();
    for (const [edge, to] of found.to.entries()) links.set(to, [...(links.get(to) ?? []), found.from[edge]!]);
    for (const [node, item] of own) {
      for (const maker of graph.inputs(node)) {
        const from = own.get(maker);
        if (from !== undefined) assert.ok(isJoined(found, links, maker, from, item), `${maker} to ${node}`);
      }
    }
  }
});

/** Upward from the use: to the stub, to the maker, or to the open box around it. */
function isJoined(found: Scene, links: ReadonlyMap<number, number[]>, maker: number, from: number, to: number): boolean {
  const around = new Set<number>();
  for (let at = from; at >= 0; at = found.parent[at]!) around.add(at);
  for (let at = to; at >= 0; at = found.parent[at]!) {
    const above = links.get(at) ?? [];
    if (above.some((one) => found.kind[one] === STUB && found.ref[one] === maker)) return true;
    if (above.some((one) => around.has(one) && one !== found.parent[at])) return true;
    if (!above.includes(found.parent[at]!)) return false;
  }
  return false;
}

test("opening a module leaves the inside of every other box as it was", () => {
  const graph = made(1200, 7);
  const all = graph.everything();
  const leaves = Array.from(all.scopes).filter((scope) => graph.children(scope).length === 0 && scope % 4 === 0);
  const opened = { ...all, scopes: new Set(Array.from(all.scopes).filter((scope) => !leaves.includes(scope))) };
  const before = scene(graph, opened);
  let compared = 0;
  for (const closed of itemsOf(before, MODULE!).slice(0, 20)) {
    const scope = before.ref[closed]!;
    const after = scene(graph, { ...opened, scopes: new Set([...opened.scopes, scope]) });
    const touched = new Set([scope, ...graph.path(scope)]);
    const boxes = new Map(itemsOf(after, OPEN!).map((item) => [after.ref[item]!, item]));
    for (const box of itemsOf(before, OPEN!).filter((item) => !touched.has(before.ref[item]!))) {
      const other = boxes.get(before.ref[box]!)!;
      compared++;
      const [now, then] = [insideOf(after, other), insideOf(before, box)];
      assert.equal(now.length, then.length);
      for (const [at, number] of now.entries()) assert.ok(Math.abs(number - then[at]!) < 0.1);
    }
  }
  assert.ok(compared > 50, `${compared} boxes were there to compare`);
});

/** What is in a box, and where from its corner. */
function insideOf(found: Scene, box: number): number[] {
  const inside = Array.from({ length: found.count }, (_, item) => item).filter((item) => found.parent[item] === box);
  return inside.flatMap((item) => [found.kind[item]!, found.ref[item]!, found.x[item]! - found.x[box]!, found.y[item]! - found.y[box]!]);
}

test("opening a module turns no pair of its siblings upside down", () => {
  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
    const graph = made(60, seed);
    const before = scene(graph, graph.nothing());
    assert.ok(itemsOf(before, MODULE!).length > 0);
    for (const closed of itemsOf(before, MODULE!)) {
      const after = scene(graph, { scopes: new Set([before.ref[closed]!]), folds: new Set() });
      const top = (found: Scene, k: number) => found.y[k]!;
      const places = tops(after);
      for (const [one, key] of topKeys(before)) {
        for (const [other, key2] of topKeys(before)) {
          if (top(before, one) + before.h[one]! <= top(before, other)) assert.ok(top(after, places.get(key)!) < top(after, places.get(key2)!));
        }
      }
    }
  }
});

function topKeys(found: Scene): [number, string][] {
  return Array.from({ length: found.count }, (_, item) => item)
    .filter((item) => found.parent[item] === -1 && found.kind[item] !== STUB)
    .map((item) => [item, `${found.kind[item] === NODE} ${found.ref[item]}`]);
}

function tops(found: Scene): Map<string, number> {
  return new Map(topKeys(found).map(([item, key]) => [key, item]));
}

test("inputs stand on top, the output at the bottom", () => {
  const found = scene(graphOf([{ op: 0 }, { op: 0 }, { takes: [0] }, { takes: [2] }, { takes: [] }, { op: 3, takes: [2] }]));
  const [first, second, , last] = [found.y[0]!, found.y[1]!, found.y[2]!, found.y[5]!];
  assert.equal(first, second);
  assert.ok([2, 3, 4].every((item) => found.y[item]! > first && found.y[item]! < last));
});

test("an edge goes on inside a box straight below where it ends on the border, each value by itself", () => {
  const found = scene(graphOf([{}, {}, { scope: 1, takes: [0] }, { scope: 1, takes: [1] }, { takes: [2] }, { takes: [3] }], [{ title: "a" }]));
  const box = itemsOf(found, OPEN!)[0]!;
  const ends = (of: readonly number[], at: 0 | -1) => of.map((edge) => Math.round(pointsOf(found, edge).at(at)!.x)).sort();
  const edges = Array.from(found.from.keys());
  const [into, within] = [edges.filter((edge) => found.to[edge] === box && found.parent[found.from[edge]!] === -1), edges.filter((edge) => found.from[edge] === box && found.parent[found.to[edge]!] === box)];
  const [leaving, out] = [edges.filter((edge) => found.to[edge] === box && found.parent[found.from[edge]!] === box), edges.filter((edge) => found.from[edge] === box && found.parent[found.to[edge]!] === -1)];
  assert.deepEqual([into.length, new Set(ends(into, -1)).size, out.length, new Set(ends(out, 0)).size], [2, 2, 2, 2]);
  assert.deepEqual([ends(into, -1), ends(leaving, -1)], [ends(within, 0), ends(out, 0)]);
});

test("what can be drawn without crossings is", () => {
  const tops = Array.from({ length: 9 }, () => ({}));
  const found = scene(graphOf([...tops, ...tops.map((_, at) => ({ takes: [8 - at] })), ...tops.map((_, at) => ({ takes: [9 + ((at * 4) % 9)] }))]));
  assert.equal(crossings(found), 0);
});

const layers = (count: number, between = false, label = (_: number) => "add") => {
  const scopes = Array.from({ length: count }, () => ({ title: "layer", same: 5 }));
  const nodes = [{}, ...scopes.flatMap((_, at) => [{ scope: at + 1 }, ...(between ? [{ label: label(at) }] : [])])];
  return graphOf(nodes.map((node, at) => ({ ...node, takes: at > 0 ? [at - 1] : [] })), scopes);
};

test("three alike modules in a row are one fold, two are not", () => {
  const folded = scene(layers(3), { scopes: new Set(), folds: new Set() });
  assert.deepEqual(itemsOf(folded, FOLD!).map((item) => [folded.ref[item], folded.times[item]]), [[1, 3]]);
  assert.equal(itemsOf(scene(layers(2), { scopes: new Set(), folds: new Set() }), FOLD!).length, 0);
});

test("an open fold is a box with the modules in it", () => {
  const found = scene(layers(12), { scopes: new Set(), folds: new Set([1]) });
  const [box] = itemsOf(found, OPEN_FOLD!);
  assert.equal(found.times[box!], 12);
  assert.deepEqual(itemsOf(found, MODULE!).map((item) => found.parent[item]), Array.from({ length: 12 }, () => box));
});

test("what the parent computes between two modules is in the fold where it is the same each time", () => {
  const graph = layers(5, true);
  const closed = scene(graph, graph.nothing());
  assert.deepEqual([graph.fold(5)?.first, graph.gap(1)], [1, 1]);
  assert.deepEqual(Array.from(closed.kind), [NODE, FOLD, NODE]);
  const found = scene(graph, { scopes: new Set(), folds: new Set([1]) });
  assert.deepEqual(found.kind.filter((_, item) => found.parent[item] === itemsOf(found, OPEN_FOLD!)[0]), Uint8Array.from([1, 0, 1, 0, 1, 0, 1, 0, 1]));
  checkEdges(found);
});

test("what the parent computes between two modules ends the fold where it is another each time", () => {
  assert.equal(layers(5, true, (at) => `op${at}`).fold(1), null);
});

test("three with something between them, as a query, a key and a value, are no fold", () => {
  assert.equal(layers(3, true).fold(1), null);
});

test("a node between two modules of a fold is revealed by opening the fold", () => {
  const graph = layers(5, true);
  assert.deepEqual(graph.revealing(graph.nothing(), 2).folds, new Set([1]));
  assert.deepEqual([graph.foldOf(2), graph.foldOf(10)], [1, -1]);
});

test("a value that is used all over is named where it is used far away", () => {
  const nodes = Array.from({ length: 60 }, (_, at) => ({ takes: at === 0 ? [] : at === 1 ? [0] : [at - 1, 0] }));
  const found = scene(graphOf(nodes));
  const stubs = itemsOf(found, STUB!);
  assert.ok(stubs.length > 40);
  assert.ok(stubs.every((item) => found.ref[item] === 0 && found.times[item] === 59));
});

test("two boxes that feed each other: the way back is a stub", () => {
  const found = scene(graphOf([{}, { scope: 1, takes: [0] }, { takes: [1] }, { scope: 1, takes: [2] }], [{ title: "a" }]), { scopes: new Set(), folds: new Set() });
  checkEdges(found);
  assert.deepEqual(itemsOf(found, STUB!).map((item) => found.ref[item]), [2]);
});

test("boxes that are recorded in turns but do not feed each other in a circle have no stub", () => {
  const nodes = [{ scope: 1 }, { scope: 2 }, { scope: 2, takes: [1] }, { scope: 1, takes: [2, 0] }];
  const found = scene(graphOf(nodes, [{ title: "a" }, { title: "b" }]));
  assert.equal(itemsOf(found, STUB!).length, 0);
  checkEdges(found);
});

test("ten thousand nodes in a row are wrapped into something like a page", () => {
  const found = scene(graphOf(chain(10_000)));
  assert.ok(found.width / found.height > 0.5 && found.width / found.height < 3, `${found.width} x ${found.height}`);
  checkEdges(found);
});

test("ten thousand nodes beside each other are wrapped as well", () => {
  const nodes = [{}, ...Array.from({ length: 10_000 }, () => ({ takes: [0] }))];
  const found = scene(graphOf(nodes));
  assert.ok(found.width / found.height > 0.3 && found.width / found.height < 4, `${found.width} x ${found.height}`);
});

test("two thousand scopes inside each other are laid out", () => {
  const scopes = Array.from({ length: 2000 }, (_, at) => ({ parent: at, title: "m" }));
  const nodes = Array.from({ length: 4000 }, (_, at) => ({ scope: at < 2000 ? at + 1 : 4000 - at, takes: at > 0 ? [at - 1] : [] }));
  const found = scene(graphOf(nodes, scopes));
  assert.equal(itemsOf(found, OPEN!).length, 2000);
  checkBoxes(found);
  checkEdges(found);
});

test("a value that crosses very many borders is named by a stub", () => {
  const scopes = Array.from({ length: 500 }, (_, at) => ({ parent: at, title: "m" }));
  const found = scene(graphOf([{}, { scope: 500, takes: [0] }], scopes));
  assert.deepEqual(itemsOf(found, STUB!).map((item) => found.ref[item]), [0]);
});

test("nothing, one node, and one node in a module", () => {
  assert.equal(scene(graphOf([])).count, 0);
  assert.equal(scene(graphOf([{}])).count, 1);
  const found = scene(graphOf([{ scope: 1, mark: 2 }], [{ title: "a" }]));
  assert.deepEqual([Array.from(found.kind), Array.from(found.mark), Array.from(found.marks)], [[OPEN, NODE], [2, 2], [1, 1]]);
  checkBoxes(found);
});

test("a module in which nothing is drawn is not drawn", () => {
  assert.equal(scene(graphOf([{ op: 1, scope: 1 }], [{ title: "weights" }])).count, 0);
});

test("titles are measured in part, and what is no width counts as none", () => {
  const long = graphOf([{ label: "x".repeat(100_000) }]);
  assert.ok(scene(long).w[0]! <= 220);
});

test("a drawing that was made from what is remembered is the one made from nothing", () => {
  for (const seed of [3, 8, 21]) {
    const [graph, fresh] = [made(1500, seed), made(1500, seed)];
    for (const opened of [graph.everything(), someOpen(graph, seed), someOpen(graph, seed + 1)]) scene(graph, opened);
    const opened = someOpen(graph, seed + 2);
    assert.deepEqual(scene(graph, opened), scene(fresh, opened));
  }
});

test("nodes that are not to be seen by themselves are drawn together, as long as nothing is between them", () => {
  const graph = graphOf(chain(8));
  const alone = Uint8Array.from([1, 0, 0, 0, 1, 0, 0, 1]);
  const found = scene(graph, { ...graph.nothing(), alone });
  assert.deepEqual(Array.from(found.kind), [NODE, STRETCH, NODE, STRETCH, NODE]);
  assert.deepEqual(Array.from(found.times), [1, 3, 1, 2, 1]);
  assert.equal(found.from.length, 4);
});

test("a stretch of one node is that node, and stretches keep the drawing right", () => {
  for (const seed of [4, 9]) {
    const graph = made(1500, seed);
    const random = dice(seed);
    const alone = Uint8Array.from({ length: graph.nodes }, () => Number(random() < 0.3));
    const found = scene(graph, { ...someOpen(graph, seed), alone });
    for (let item = 0; item < found.count; item++) assert.ok(found.kind[item] !== STRETCH || found.times[item]! > 1);
    checkBoxes(found);
    checkEdges(found);
  }
});

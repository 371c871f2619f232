import assert from "node:assert/strict";
import { test } from "node:test";
import { drawingOf } from "../../src/view/canvas/drawing";
import type { Emphasis } from "../../src/view/canvas/emphasis";
import { asSvg } from "../../src/view/canvas/export";
import { DARK, LIGHT } from "../../src/view/canvas/palette";
import { graphOf, type Node, sceneOf, shownOf } from "./fixtures";

const QUIET: Emphasis = {
  selected: -1,
  shades: [],
  chain: [],
  chainLook: "note",
  chainWays: [],
  chainGaps: [],
  ways: [],
  heat: null,
  first: -1,
};

function svg(nodes: readonly Node[], emphasis: Partial<Emphasis> = {}, palette = LIGHT): string {
  const measure = (text: string) => text.length * 6;
  const scene = sceneOf(
    nodes.map((_, at) => ({ kind: 0, ref: at, at: [0, at * 60, 120, 34] as const, mark: at === 1 ? 1 : 0 })),
    nodes.slice(1).map((_, at) => [at, at + 1] as const),
  );
  const shown = shownOf([{ look: "error" }]);
  return asSvg(
    drawingOf(scene, graphOf(nodes), shown, { label: measure, spec: measure }),
    { ...QUIET, ...emphasis },
    palette,
  );
}

test("what is drawn can be read in the file", () => {
  const file = svg([{ label: "x", op: 0, spec: "f32[2, 10]" }, { label: "add" }]);
  assert.match(file, />x</);
  assert.match(file, />f32\[2, 10\]</);
  assert.match(file, />add</);
});

test("names are text and nothing else", () => {
  const file = svg([{ label: "</text><script>alert(1)</script>" }, { label: "a]]>&b" }]);
  assert.equal(file.includes("<script"), false);
  assert.deepEqual(unclosed(file), []);
});

test("a name of 100 KB does not make a file of 100 KB", () =>
  assert.ok(svg([{ label: "x".repeat(100_000) }]).length < 5_000));

test("a ghost is drawn dashed, and so is the edge to it", () => {
  assert.equal(svg([{ label: "x" }, { label: "gt" }]).includes("dasharray"), false);
  assert.equal(svg([{ label: "x" }, { label: "gt", ghost: true }]).match(/dasharray/g)?.length, 2);
});

test("a marked node has the colours of its look", () => {
  assert.ok(svg([{ label: "x" }, { label: "gt" }]).includes(LIGHT.looks.error.paper));
  assert.ok(svg([{ label: "x" }, { label: "gt" }], {}, DARK).includes(DARK.looks.error.paper));
});

test("the steps of the chain are numbered, the first divergence says so", () => {
  const file = svg([{ label: "x" }, { label: "gt" }], { chain: [0, 1], first: 1 });
  assert.match(file, />1</);
  assert.match(file, />2</);
  assert.match(file, />first divergence</);
});

test("heat comes with its legend", () => {
  const file = svg([{ label: "x" }, { label: "gt" }], { heat: Uint8Array.of(1, 17) });
  assert.ok(file.includes(LIGHT.agrees) && file.includes(LIGHT.heat));
  assert.match(file, />differs a little</);
});

test("an empty drawing is a file all the same", () => assert.deepEqual(unclosed(svg([])), []));

/** Elements that are opened and never closed; every `<` must open or close one. */
function unclosed(file: string): string[] {
  const open: string[] = [];
  const rest = file.replace(/<(\/?)([a-z]+)((?: [a-zA-Z:-]+="[^"<]*")*)(\/?)>/g, (_, close, name, __, single) => {
    if (close) assert.equal(open.pop(), name);
    else if (!single) open.push(name);
    return "";
  });
  assert.equal(rest.includes("<"), false);
  return open;
}

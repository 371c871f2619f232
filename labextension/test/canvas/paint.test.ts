import assert from "node:assert/strict";
import { test } from "node:test";
import { drawingOf } from "../../src/view/canvas/drawing";
import type { Emphasis } from "../../src/view/canvas/emphasis";
import { asSvg } from "../../src/view/canvas/export";
import { paintLostCaptions } from "../../src/view/canvas/frames";
import { DARK, LIGHT } from "../../src/view/canvas/palette";
import { svgPen } from "../../src/view/canvas/svgpen";
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

/** Where the caption of a region stands that reaches from 0 to 1000 both ways, for who sees a part of it; null for nowhere. */
function captionSeen(view: { x: number; y: number; w: number; h: number }): readonly number[] | null {
  const pen = svgPen();
  const measure = (text: string) => text.length * 6;
  const drawing = drawingOf(sceneOf([], []), graphOf([]), shownOf([]), { label: measure, spec: measure });
  const shade = { box: { x: 0, y: 0, w: 1000, h: 1000 }, caption: "unrolled", look: "error", chosen: true } as const;
  paintLostCaptions(pen, drawing, { ...QUIET, shades: [shade] }, LIGHT, view, 1);
  const found = /<text x="([\d.]+)" y="([\d.]+)">unrolled</.exec(pen.file(0, 0, 1, 1, ""));
  return found && [Number(found[1]), Number(found[2])];
}

test("the caption of a region that is larger than the view stands at the view's edge", () => {
  const inside = captionSeen({ x: 300, y: 400, w: 200, h: 200 });
  assert.ok(inside && inside[0]! > 300 && inside[0]! < 330 && inside[1]! > 400 && inside[1]! < 430);
});

test("a caption that is in view, or whose region is not, is not drawn again", () => {
  assert.equal(captionSeen({ x: -100, y: -100, w: 400, h: 400 }), null);
  assert.equal(captionSeen({ x: 300, y: 2000, w: 200, h: 200 }), null);
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

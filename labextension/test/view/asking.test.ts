import assert from "node:assert/strict";
import { test } from "node:test";
import { signal } from "@preact/signals-core";
import { CHANNEL, type Field, type Form, type Reply, type Request } from "../../src/schema";
import { askingOf, refilled } from "../../src/view/asking";

const x: Field = {
  id: "x", spec: "f32[2, 4]", is_tensor: true, ranges: { uniform: "0..1", ids: "0..6" }, variables: [{ name: "v", spec: "f32[3]" }],
  filled: { id: "x", shape: "2, 4", dtype: "float32", fill: "example", text: "", seed: "" },
};
const form: Form = {
  methods: [{ name: "forward", fields: [x] }],
  fills: [
    { name: "example", title: "as traced", takes: "", is_drawn: false, is_sized: false },
    { name: "normal", title: "normal", takes: "", is_drawn: true, is_sized: true },
    { name: "ids", title: "token ids", takes: "range", is_drawn: true, is_sized: true },
    { name: "zeros", title: "zeros", takes: "", is_drawn: false, is_sized: true },
    { name: "expression", title: "expression", takes: "expression", is_drawn: false, is_sized: false },
    { name: "variable", title: "variable", takes: "variable", is_drawn: false, is_sized: false },
  ],
  dtypes: [
    { name: "float32", fills: ["example", "normal", "zeros", "expression", "variable"] },
    { name: "int64", fills: ["example", "ids", "zeros", "expression", "variable"] },
  ],
  modes: [["", "as traced"]],
  call: "t.rerun()",
};

function reply(parts: Partial<Reply>): Reply {
  const first = { id: "", state: "done" as const, version: CHANNEL, text: "", part: null, problems: [], form: null, call: "", run: null };
  return { ...first, trace: "", listing: null, findings: [], marked: [], sent: null, filename: "", ...parts };
}

/** A kernel that a test answers for. */
function kernel() {
  const asked: { readonly request: Request; readonly answer: (parts: Partial<Reply>) => void }[] = [];
  const gone = signal("");
  const asking = askingOf({ gone, ask: (request, heard) => asked.push({ request: request as Request, answer: (parts) => heard(reply({ id: request.id, ...parts })) }) });
  const opened = () => {
    asking.toggle();
    asked.pop()!.answer({ form });
    return asking;
  };
  return { asked, gone, asking, opened };
}

test("who writes a shape wants no example any more", () => {
  assert.deepEqual(refilled(form, x, x.filled, { shape: "3, 4" }), { ...x.filled, shape: "3, 4", fill: "normal" });
});

test("another dtype is filled as it can be, with the range that the example suggests", () => {
  const normal = { ...x.filled, fill: "normal" };
  assert.deepEqual(refilled(form, x, normal, { dtype: "int64" }), { ...normal, dtype: "int64", fill: "ids", text: "0..6" });
  assert.equal(refilled(form, x, { ...x.filled, fill: "zeros" }, { dtype: "int64" }).fill, "zeros");
});

test("as traced is all as traced", () => {
  assert.deepEqual(refilled(form, x, { ...x.filled, shape: "9", dtype: "int64", fill: "zeros" }, { fill: "example" }), x.filled);
});

test("a variable that is there is chosen, and an expression begins empty", () => {
  assert.equal(refilled(form, x, x.filled, { fill: "variable" }).text, "v");
  assert.equal(refilled(form, x, { ...x.filled, fill: "variable", text: "v" }, { fill: "expression" }).text, "");
});

test("what was filled in is what is asked, and the Run that was made comes into view", () => {
  const { asked, opened } = kernel();
  const asking = opened();
  asking.fill(x, { shape: "3, 4" });
  asking.run();
  const { request, answer } = asked.at(-1)!;
  assert.deepEqual([request.what, request.version, request.fields[0]?.shape, request.method], ["rerun", CHANNEL, "3, 4", "forward"]);
  answer({ state: "queued", text: "the kernel is busy with a cell" });
  assert.deepEqual([asking.work.value?.waits, asking.work.value?.text], [true, "Queued: the kernel is busy with a cell."]);
  answer({ state: "running", text: "x negated", part: 0.5 });
  assert.deepEqual([asking.work.value?.waits, asking.work.value?.part], [false, 0.5]);
  answer({ state: "done", run: 7, text: "Run 7: diverges.", call: "t.rerun(torch.randn(3, 4))" });
  assert.deepEqual([asking.work.value, asking.wanted.value, asking.said.value], [null, 7, "Run 7: diverges."]);
  assert.equal(asking.call.value, "t.rerun(torch.randn(3, 4))");
  asking.dispose();
});

test("problems are kept until their field is changed", () => {
  const { asked, opened } = kernel();
  const asking = opened();
  asking.run();
  asked.at(-1)!.answer({ state: "failed", problems: [{ what: "bad", cure: "", where: "x", part: "shape" }, { what: "worse", cure: "", where: "calls", part: "" }] });
  asking.fill(x, { shape: "3" });
  assert.deepEqual(asking.problems.value.map(({ where }) => where), ["calls"]);
  asking.choose({ calls: "2" });
  assert.deepEqual(asking.problems.value, []);
  asking.dispose();
});

test("one thing at a time, and nothing of a kernel that is gone", () => {
  const { asked, gone, opened } = kernel();
  const asking = opened();
  asking.search();
  asking.run();
  assert.deepEqual(asked.map(({ request }) => request.what), ["search"]);
  gone.value = "The kernel is gone.";
  assert.equal(asking.work.value, null);
  asking.run();
  assert.equal(asked.length, 1);
  asking.dispose();
});

test("a reply of another version says so", () => {
  const { asked, opened } = kernel();
  const asking = opened();
  asking.run();
  asked.at(-1)!.answer({ state: "done", version: CHANNEL + 1 });
  assert.match(asking.problems.value[0]!.what, /another version/);
  asking.dispose();
});

test("cancel names what is under way", () => {
  const { asked, opened } = kernel();
  const asking = opened();
  asking.search();
  const { id } = asked.at(-1)!.request;
  asking.cancel();
  assert.deepEqual([asked.at(-1)!.request.what, asked.at(-1)!.request.of], ["cancel", id]);
  asking.dispose();
});

test("what is filled in outlives a form that is asked for anew", () => {
  const { asked, opened } = kernel();
  const asking = opened();
  asking.fill(x, { shape: "5, 4" });
  asking.toggle();
  asking.toggle();
  asked.pop()!.answer({ form });
  asking.run();
  assert.equal(asked.at(-1)!.request.fields[0]?.shape, "5, 4");
  asking.dispose();
});

test("looking for repairs says how it goes, and how it ended", () => {
  const { asked, asking } = kernel();
  asking.repair();
  const { request, answer } = asked.pop()!;
  assert.deepEqual([request.what, request.seconds], ["repair", "30"]);
  answer({ state: "running", text: "a way", part: 0.5 });
  assert.deepEqual([asking.work.value?.text, asking.work.value?.part], ["a way", 0.5]);
  answer({ text: "Nothing could be mended." });
  assert.equal(asking.work.value, null);
  assert.equal(asking.mending.value.said, "Nothing could be mended.");
});

test("what was repaired is named by its variable", () => {
  const { asked, asking } = kernel();
  asking.apply();
  asked.pop()!.answer({ trace: "abc", call: "t_repaired", text: "The variable t_repaired holds it." });
  assert.deepEqual(asking.mending.value.applied, { trace: "abc", variable: "t_repaired" });
});

test("a repair that failed says why, and one thing is done at a time", () => {
  const { asked, asking } = kernel();
  asking.repair();
  asking.apply();
  assert.equal(asked.length, 1);
  asked.pop()!.answer({ state: "failed", problems: [{ what: "libcst is not installed", cure: "", where: "", part: "" }] });
  assert.equal(asking.mending.value.problems[0]?.what, "libcst is not installed");
});

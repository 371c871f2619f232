import assert from "node:assert/strict";
import { test } from "node:test";
import { completed, wantedIn } from "../../src/hosts/lab/goto/wanted";

const source = { filename: "/tmp/ipykernel_1/2.py", lineno: 3, end_lineno: 4, cell: "In [5]" };

test("a finding's source says where", () => {
  const { title, isCell, lineno, last, cell, kernel } = wantedIn(source, { cell: "c1", kernel: "k" })!;
  assert.deepEqual([title, isCell, lineno, last, cell, kernel], ["In [5]", true, 3, 4, "c1", "k"]);
});

test("so do the lines of a viewer, which tells cells and files by their names", () => {
  const isCell = (filename: string, title: string) => wantedIn({ filename, lineno: 1, title, text: "" })?.isCell;
  assert.deepEqual(
    [isCell("/a/model.py", "model.py"), isCell("/a/model.py", "In [5]"), isCell("<ipython-input-1-abc>", "?"), isCell(source.filename, "?")],
    [false, true, true, true],
  );
});

test("what names no line is nothing, and what is no text is left out", () => {
  for (const bad of [null, 7, "a", {}, { filename: "a.py" }, { filename: "", lineno: 1 }, { filename: "a.py", lineno: 1.5 }, { filename: "a.py", lineno: 0 }]) {
    assert.equal(wantedIn(bad), undefined);
  }
  const { last, text, cell, title } = wantedIn({ filename: "a/b.py", lineno: 2, end_lineno: "9", text: 1, title: {} }, { cell: [] })!;
  assert.deepEqual([last, text, cell, title], [2, null, "", "b.py"]);
});

test("the kernel knows the cell and its text", () => {
  const marked = [{ filename: source.filename, cell: "c9", is_cell: true, text: "x = 1", marks: [] }];
  const { cell, text, isCell } = completed(wantedIn({ ...source, cell: null })!, marked);
  assert.deepEqual([cell, text, isCell], ["c9", "x = 1", true]);
  assert.equal(completed(wantedIn({ filename: "b.py", lineno: 1 })!, marked).text, null);
});

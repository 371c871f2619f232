import assert from "node:assert/strict";
import { test } from "node:test";
import { type Edited, isBelow, type KernelMark, lineNow, linesOf, pathsOf, stepTo, suffixesOf, trimmed, versionsOf as versionsOfAll } from "../../src/hosts/lab/marks/matching";
import type { Mark, Marked } from "../../src/schema";

const mark = (line: number, more: Partial<Mark> = {}): KernelMark => ({ kernel: "k", trace: "t", finding: "f", line, last: line, look: "error", title: "rule", text: "3", ...more });
const cell = (id: string, text: string, ...marks: Mark[]): Marked => ({ filename: "/tmp/1.py", cell: id, is_cell: true, text, marks });
const file = (filename: string, text: string, ...marks: Mark[]): Marked => ({ filename, cell: "", is_cell: false, text, marks });
const edited = (more: object) => ({ cell: "", path: "", text: "", ...more });
const versionsOf = (marked: readonly Marked[], what: Edited, known: ReadonlySet<string>) => versionsOfAll([{ kernel: "k", marked }], what, known);
const NOBODY = new Set<string>();

test("a cell has the marks of its id, whatever it reads now", () => {
  const [version] = versionsOf([cell("a", "x = 1", mark(1)), cell("b", "x = 1", mark(1))], edited({ cell: "a", text: "new" }), new Set(["a", "b"]));
  assert.deepEqual([version?.text, version?.lines.length], ["x = 1", 1]);
});

test("of a cell without a known id the text tells", () => {
  const marked = [cell("", "x = 1\n", mark(1)), cell("gone", "y = 2", mark(1))];
  const texts = (text: string) => versionsOf(marked, edited({ cell: "a", text }), new Set(["a"])).map((version) => version.text);
  assert.deepEqual([texts("x = 1"), texts("y = 2"), texts("z")], [["x = 1"], ["y = 2"], []]);
});

test("a cell that has the same code as another has none of its marks", () => {
  const known = new Set(["a", "b"]);
  assert.deepEqual(versionsOf([cell("a", "x", mark(1))], edited({ cell: "b", text: "x" }), known), []);
});

test("a cell and its earlier text are two versions", () => {
  const versions = versionsOf([cell("a", "new", mark(1)), cell("a", "old", mark(2)), cell("a", "new\n", mark(3))], edited({ cell: "a" }), NOBODY);
  assert.deepEqual(versions.map(({ text, lines }) => [text, lines.length]), [["new", 2], ["old", 1]]);
});

test("a file is found by its path, not by the end of a name", () => {
  assert.deepEqual(
    [["/home/me/a/model.py", "a/model.py"], ["C:\\me\\a\\model.py", "a/model.py"], ["/home/me/a/my_model.py", "model.py"]].map(([name, path]) => isBelow(name!, path!)),
    [true, true, false],
  );
  assert.equal(versionsOf([file("/r/m.py", "x", mark(1))], edited({ path: "m.py" }), NOBODY).length, 1);
  assert.equal(versionsOf([file("/r/m.py", "x", mark(1))], edited({ cell: "m.py" }), NOBODY).length, 0);
});

test("of a line the worst is first, and what several Traces say is said once", () => {
  const [line] = linesOf([mark(4, { look: "note", text: "n" }), mark(4, { trace: "u" }), mark(4, { trace: "v", last: 6 }), mark(4, { look: "warning" })]);
  assert.deepEqual([line?.look, line?.last, line?.said.map(({ mark, count }) => [mark.look, mark.trace, count])], [
    "error", 6, [["error", "u", 2], ["warning", "t", 1], ["note", "t", 1]],
  ]);
});

test("lines come in their order", () => {
  assert.deepEqual(linesOf([mark(9), mark(2)]).map(({ line }) => line), [2, 9]);
});

test("line breaks of any kind, a mark of order and breaks at the end are no other text", () => {
  assert.equal(trimmed("\ufeffa\r\nb\rc\n\n"), "a\nb\nc");
});

test("one steps from line to line and round", () => {
  const places = [{ cell: 1, line: 3 }, { cell: 1, line: 9 }, { cell: 4, line: 1 }];
  assert.deepEqual([stepTo(places, { cell: 1, line: 3 }, 1), stepTo(places, { cell: 4, line: 1 }, 1)], [places[1], places[0]]);
  assert.deepEqual([stepTo(places, { cell: 2, line: 7 }, -1), stepTo(places, { cell: 0, line: 0 }, -1)], [places[1], places[2]]);
  assert.equal(stepTo([], { cell: 0, line: 0 }, 1), undefined);
});

test("in a text that has changed the line is where it reads the same", () => {
  assert.equal(lineNow("a\nb\nc", "new\na\n  b\nc", 2), 3);
  assert.equal(lineNow("x\ny\nx", "x\nq\nx\nx", 3), 3);
  assert.deepEqual([lineNow("a\nb", "one", 2), lineNow(null, "a\nb", 9), lineNow("a", "", 7)], [1, 2, 1]);
});

test("a file below the server's root has a path, also where the root is below a home", () => {
  assert.deepEqual(pathsOf("/work/a/m.py", "/work"), ["a/m.py"]);
  assert.deepEqual(pathsOf("/work/a/m.py", "/"), ["work/a/m.py"]);
  assert.deepEqual(pathsOf("/workshop/m.py", "/work"), []);
  assert.deepEqual(pathsOf("/home/x/x/m.py", "~/x"), ["x/m.py", "m.py"]);
  assert.deepEqual(pathsOf("C:\\me\\a\\m.py", "C:\\me"), ["a/m.py"]);
});

test("without the root any end of a path may be the file's", () => {
  assert.deepEqual([suffixesOf("/a/b/m.py"), suffixesOf("C:\\m.py")], [["a/b/m.py", "b/m.py", "m.py"], ["C:/m.py", "m.py"]]);
});

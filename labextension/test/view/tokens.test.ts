import assert from "node:assert/strict";
import { test } from "node:test";
import { pieces, tokensByLine } from "../../src/view/tokens";

test("tokens count from the end of the last one, and from the line's start in a new line", () => {
  const lines = tokensByLine([0, 3, 1, 1, 4, 5, -1, 2, 0, 4, 6, 1]);
  assert.deepEqual(lines[0], [
    { start: 0, end: 3, kind: 1 },
    { start: 4, end: 8, kind: 5 },
  ]);
  assert.deepEqual(lines[1], []);
  assert.deepEqual(lines[2], [{ start: 4, end: 10, kind: 1 }]);
});

test("the pieces of a line are the line, whatever is cut where", () => {
  const line = "if x.sum() > 0:  # why";
  const tokens = [
    { start: 0, end: 2, kind: 1 },
    { start: 17, end: 99, kind: 4 },
  ];
  const cut = pieces(line, tokens, [3, 14]);
  assert.equal(cut.map((piece) => piece.text).join(""), line);
  assert.deepEqual(cut.filter((piece) => piece.marked).map((piece) => piece.text), ["x.sum() > 0"]);
  assert.deepEqual(cut.filter((piece) => piece.kind === 4).map((piece) => piece.text), ["# why"]);
});

test("what is underlined may cut a token in two", () => {
  const cut = pieces("abcdef", [{ start: 0, end: 6, kind: 2 }], [2, 4]);
  assert.deepEqual(cut, [
    { text: "ab", kind: 2, marked: false },
    { text: "cd", kind: 2, marked: true },
    { text: "ef", kind: 2, marked: false },
  ]);
});

test("an empty line has no pieces", () => assert.deepEqual(pieces("", []), []));

import assert from "node:assert/strict";
import { test } from "node:test";
import { halves, visible, visibleBlock, visibleCode } from "../../src/view/visible";

const spelled: Record<string, string> = {
  "a\u202eb": "a\\u202eb",
  "zero\u200bwidth": "zero\\u200bwidth",
  "\x1b[31m": "\\x1b[31m",
  "two\nlines\t": "two\\nlines\\t",
  "half \ud800": "half \\ud800",
  "tag \u{e0041}": "tag \\U000e0041",
};
for (const [text, wanted] of Object.entries(spelled)) {
  test(`nothing acts on the screen: ${wanted}`, () => assert.equal(visible(text), wanted));
}

test("what is no control stays", () => assert.equal(visible("naïve 変数 <b> עברית 🙂"), "naïve 変数 <b> עברית 🙂"));
test("source keeps its tabs", () => assert.equal(visibleCode("\tx\u200b"), "\tx\\u200b"));
test("a block keeps its lines", () => assert.equal(visibleBlock("a\r\nb\x00"), "a\nb\\x00"));
test("what is long is cut, and not through a character", () => {
  assert.equal(visible("x".repeat(100_000), 10), `${"x".repeat(9)}…`);
  assert.equal(visible("🙂🙂🙂", 4), "🙂…");
});
test("a name gives way in the middle", () => {
  const [head, tail] = halves("encoder.layer.11.attention.self.query");
  assert.equal(head + tail, "encoder.layer.11.attention.self.query");
  assert.equal(tail, "n.self.query");
  assert.deepEqual(halves("short"), ["short", ""]);
});

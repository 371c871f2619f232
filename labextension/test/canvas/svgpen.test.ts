import assert from "node:assert/strict";
import { test } from "node:test";
import { escaped, svgPen } from "../../src/view/canvas/svgpen";

test("no text leaves its element", () => {
  const pen = svgPen();
  pen.fillText("</text><script>alert(1)</script> & \"]]>'", 0, 0);
  const file = pen.file(0, 0, 10, 10, "</title><img onerror=x>");
  assert.ok(!file.includes("<script") && !file.includes("<img") && !file.includes("]]>"));
});

test("characters that XML cannot hold are left out", () =>
  assert.equal(escaped("a\u0000\u0008\ufffe\ud800b\t"), "ab\t"));

test("a whole character outside the first plane stays", () => assert.equal(escaped("😀"), "😀"));

test("paths, boxes and dashes are written", () => {
  const pen = svgPen();
  pen.setLineDash([4, 3]);
  pen.beginPath();
  pen.moveTo(0, 0);
  pen.bezierCurveTo(0, 5, 10, 5, 10, 10.16);
  pen.stroke();
  const file = pen.file(0, 0, 10, 10, "");
  assert.match(file, /d="M0 0C0 5 10 5 10 10.2" fill="none"/);
  assert.match(file, /stroke-dasharray="4 3"/);
});

test("a text is written where and as it is drawn", () => {
  const pen = svgPen();
  pen.font = '600 12px system-ui, "Segoe UI"';
  pen.textAlign = "center";
  pen.fillText("add", 5, 6);
  assert.match(
    pen.file(0, 0, 9, 9, ""),
    /<g font-size="12" font-weight="600"[^>]* text-anchor="middle">\n<text x="5" y="6">add</,
  );
});

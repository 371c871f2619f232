import assert from "node:assert/strict";
import { test } from "node:test";
import { byHand, fromBase64 } from "../../src/model/base64";

const all = Uint8Array.from({ length: 1025 }, (_, at) => at % 256);

test("every byte comes back, by the browser or by hand", () => {
  const text = Buffer.from(all).toString("base64");
  for (const decode of [byHand, fromBase64]) assert.deepEqual(decode(text), all);
});

test("what is no base64 throws", () => {
  for (const decode of [byHand, fromBase64]) assert.throws(() => decode("a*b"));
});

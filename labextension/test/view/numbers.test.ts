import assert from "node:assert/strict";
import { test } from "node:test";
import { short, spelled } from "../../src/view/numbers";

test("thousands are set apart", () => {
  assert.deepEqual([0, 999, 1000, 12345, 1234567].map(spelled), ["0", "999", "1,000", "12,345", "1,234,567"]);
});

test("numbers are short as Intl would make them short", () => {
  const intl = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 0 });
  for (const number of [0, 7, 999, 1000, 1499, 1500, 99_999, 999_499, 999_500, 2_000_000]) assert.equal(short(number), intl.format(number));
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Link, read, written } from "../../src/view/fragment";

/** Without the fields that say nothing. */
function told(link: Link) {
  return Object.fromEntries(Object.entries(link).filter(([, value]) => value !== undefined));
}

const links: Record<string, Link> = {
  "nothing": {},
  "a node in another method": { graph: 1, node: 1234, finding: "D4", run: 7 },
  "no finding and no Run": { finding: null, run: null },
  "open modules": { scope: 3, opened: { scopes: [1, 2, 3, 9, 40], folds: [12] } },
  "everything open": { opened: "everything" },
  "everything closed": { opened: "nothing" },
  "a filter with any text": { text: "a&b=c #é ", looks: ["error", "holds"], rule: "outside-read", module: "a.b" },
};
for (const [name, link] of Object.entries(links)) {
  test(`a link comes back as it was: ${name}`, () => assert.deepEqual(told(read(`#${written(link)}`)), link));
}

test("neighbours are written as a run", () => {
  const scopes = Array.from({ length: 1000 }, (_, place) => place + 1);
  assert.equal(written({ opened: { scopes, folds: [] } }), "o=1-rs");
});

test("what is not understood is passed over", () => {
  assert.deepEqual(told(read("#zz=1&n=%%%&s=-4&r=1e999999999&o=a-b-c.!.5&f=D1")), {
    finding: "D1",
    opened: { scopes: [10, 11, 5], folds: [] },
  });
});

test("a run of a million modules is not believed", () => {
  const { opened } = read("o=1-zzzzzz");
  assert.ok(typeof opened === "object" && opened.scopes.length <= 2000);
});

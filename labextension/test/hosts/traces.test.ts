import assert from "node:assert/strict";
import { test } from "node:test";
import { fateOf } from "../../src/hosts/lab/traces";
import type { Living } from "../../src/schema";

function living(id: string, name: string): Living {
  return { id, name, title: "model", verdict: "", look: "holds", can_run: true, revision: 0 };
}

test("a name that means another Trace leads there, also while the first has another name", () => {
  const newer = living("2", "t");
  assert.deepEqual(fateOf({ trace: "1", name: "t" }, [newer, living("1", "old")]), { how: "newer", trace: newer });
  assert.deepEqual(fateOf({ trace: "1", name: "t" }, [newer]), { how: "newer", trace: newer });
});

test("a Trace that was renamed stays", () => {
  const own = living("1", "u");
  assert.deepEqual(fateOf({ trace: "1", name: "t" }, [living("2", "v"), own]), { how: "own", trace: own });
});

test("a Trace that never had a name follows nobody, and takes the first that it gets", () => {
  assert.equal(fateOf({ trace: "1", name: "" }, [living("2", ""), living("1", "")]).how, "own");
  assert.equal(fateOf({ trace: "1", name: "" }, [living("1", "t")]).how, "own");
});

test("a name that nothing has is lost, with its Trace or without", () => {
  assert.equal(fateOf({ trace: "1", name: "t" }, [living("1", ""), living("2", "u")]).how, "lost");
  assert.equal(fateOf({ trace: "1", name: "t" }, []).how, "lost");
});

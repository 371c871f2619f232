import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { synthetic } from "../../src/model/synthetic";
import { unpack } from "../../src/model/unpack";
import { FORMAT } from "../../src/schema";

type Header = Record<string, unknown>;

/** As tracelab/viewer writes it: length, header, zeros, columns at multiples of eight. */
function packed(change: (columns: Record<string, number[]>, header: Header) => void = () => undefined): Uint8Array {
  const made = synthetic(12, 5);
  const numbers = Object.fromEntries(Object.entries(made.columns).map(([name, column]) => [name, Array.from(column as Uint32Array)]));
  const header: Header = { format: FORMAT, strings: made.strings, files: [], findings: Array(9).fill({}), runs: [] };
  header.graphs = [{ nodes: made.about.nodes, scopes: made.about.scopes, columns: {} }];
  change(numbers, header);
  const parts: Uint8Array[] = [];
  let offset = 0;
  const columns: Record<string, unknown> = {};
  for (const [name, values] of Object.entries(numbers)) {
    const type = name === "op" || name === "ghost" ? "u8" : "u32";
    const bytes = type === "u8" ? Uint8Array.from(values) : new Uint8Array(Uint32Array.from(values).buffer);
    columns[name] = { type, offset, length: values.length };
    const room = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
    room.set(bytes);
    parts.push(room);
    offset += room.length;
  }
  for (const graph of (header.graphs ?? []) as Header[]) Object.assign(graph.columns as object, columns);
  return framed(JSON.stringify(header), parts);
}

function framed(header: string, parts: readonly Uint8Array[] = []): Uint8Array {
  const text = new TextEncoder().encode(header);
  const head = new Uint8Array(Math.ceil((4 + text.length) / 8) * 8);
  new DataView(head.buffer).setUint32(0, text.length, true);
  head.set(text, 4);
  return gzipSync(Buffer.concat([head, ...parts]));
}

test("what was packed is there again", async () => {
  const { shown, graphs } = await unpack(packed());
  const { columns, strings } = synthetic(12, 5);
  assert.deepEqual(shown.strings, strings);
  assert.deepEqual(graphs[0]!.columns, columns);
});

test("a Run's numbers are read where its column says", async () => {
  const { graphs, numbers } = await unpack(packed());
  const column = graphs[0]!.about.columns.scope!;
  assert.deepEqual(numbers(column), graphs[0]!.columns.scope);
  assert.throws(() => numbers({ ...column, length: 1e9 }), /does not fit/);
  assert.throws(() => numbers({ ...column, offset: column.offset + 2 }), /does not fit/);
  assert.throws(() => numbers({ ...column, type: "toString" as "u8" }), /has the type toString/);
});

const good = packed();

function put(name: string, at: number, value: number): Uint8Array {
  return packed((columns) => columns[name]!.splice(at, 1, value));
}

const damaged: [string, Uint8Array, RegExp][] = [
  ["nothing", new Uint8Array(0), /not gzip/],
  ["a page", new TextEncoder().encode("<!doctype html><title>404</title>"), /not gzip/],
  ["cut short", good.slice(0, good.length / 2), /cannot be decompressed/],
  ["a bit flipped", good.map((byte, at) => (at === good.length - 6 ? byte ^ 4 : byte)), /cannot be decompressed/],
  ["too short for a length", gzipSync(new Uint8Array(2)), /no header/],
  ["a header longer than the data", gzipSync(new Uint8Array([255, 255, 0, 0])), /longer than the data/],
  ["no JSON", framed("{"), /cannot be read/],
  ["JSON of nothing", framed("null"), /no object/],
  ["another version", framed('{"format": 99}'), /version 99; this viewer reads version 2/],
  ["a missing part", framed(`{"format": ${FORMAT}}`), /no strings/],
  ["a missing column", packed((columns) => delete columns.mark), /no column "mark"/],
  ["a short column", packed((columns) => columns.scope!.pop()), /"scope" has \d+ entries, not/],
  ["a text that is not there", put("label", 1, 4e9), /"label" holds 4000000000/],
  ["a scope that is not there", put("scope", 1, 99), /"scope" holds 99/],
  ["a scope that is its own parent", put("parent", 1, 1), /before its parent/],
  ["an edge from below", put("back", 0, 0), /does not stand before it/],
  ["an edge from nowhere", put("back", 0, 77), /does not stand before it/],
  ["edges in disorder", put("start", 2, 900), /in disorder|before it/],
  ["too many edges", packed((columns) => void columns.back!.push(1)), /begin or end/],
];

for (const [what, bytes, message] of damaged) {
  test(`damaged: ${what}`, async () => {
    await assert.rejects(unpack(bytes), message);
  });
}

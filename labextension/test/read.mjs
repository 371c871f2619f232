// `node test/read.mjs FILE`: what the viewer itself makes of the bytes that Python packed, as JSON. Python's tests ask it.

import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const { outputFiles } = await build({
  absWorkingDir: path.join(path.dirname(fileURLToPath(import.meta.url)), ".."),
  entryPoints: ["src/model/unpack.ts"],
  bundle: true,
  format: "esm",
  write: false,
});
const { unpack } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);

const { shown, graphs, numbers } = await unpack(new Uint8Array(await readFile(process.argv[2])));
const columns = graphs.map((graph) => Object.entries(graph.columns).map(([name, column]) => [name, [...column]]));
const heat = shown.runs.map((run) => (run.heat ? [...numbers(run.heat)] : null));
console.log(JSON.stringify({ shown, graphs: columns.map(Object.fromEntries), heat }));

// `npm test [WORD...]`: bundles each test/**/*.test.ts(x) whose path holds one of the words, and runs them all in node.

import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const words = process.argv.slice(2);
const found = (await readdir(path.join(here, "test"), { recursive: true }))
  .filter((name) => /\.test\.tsx?$/.test(name))
  .filter((name) => words.length === 0 || words.some((word) => name.includes(word)))
  .sort();

if (found.length === 0) {
  console.log("no tests");
  process.exit(words.length === 0 ? 0 : 1);
}
const folder = await mkdtemp(path.join(tmpdir(), "tracelab-viewer-"));
try {
  await build({
    absWorkingDir: here,
    entryPoints: found.map((name) => path.join("test", name)),
    outdir: folder,
    outbase: "test",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    jsx: "automatic",
    jsxImportSource: "preact",
    sourcemap: "inline",
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "warning",
  });
  const files = found.map((name) => path.join(folder, name.replace(/\.tsx?$/, ".mjs")));
  const { status } = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...files], { stdio: "inherit" });
  process.exitCode = status ?? 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

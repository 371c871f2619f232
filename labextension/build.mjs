// `node build.mjs`: the viewer twice: as a classic script, which the report carries inside, and as the widget's module.
// `node build.mjs FOLDER` puts them elsewhere.

import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2] ?? path.join(here, "..", "tracelab", "static");

await mkdir(folder, { recursive: true });
await write("report.js", inScript(await bundled("report", "iife")));
await write("widget.js", await bundled("widget", "esm"));

async function bundled(host, format) {
  const { outputFiles } = await build({
    absWorkingDir: here,
    entryPoints: [`src/hosts/${host}.ts`],
    bundle: true,
    format,
    platform: "browser",
    target: "es2022",
    minify: true,
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    charset: "ascii",
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "warning",
    write: false,
  });
  return outputFiles[0].text;
}

async function write(name, text) {
  const out = path.join(folder, name);
  await writeFile(out, text);
  console.log(`${path.relative(process.cwd(), out)}: ${kilobytes(text.length)}, ${kilobytes(gzipSync(text).length)} gz`);
}

/** A page ends its script at the first `</script`, wherever it stands; and `<!--` with `<script` puts off that end. */
function inScript(code) {
  const hostile = /<(\/script|script|!--)/i;
  const safe = code.replace(/<\/(script)/gi, "<\\/$1");
  if (hostile.test(safe)) {
    throw new Error(`the bundle holds ${JSON.stringify(hostile.exec(safe)?.[0])}, which cannot stand in a page's script`);
  }
  return safe;
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} KB`;
}

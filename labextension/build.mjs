// `node build.mjs`: the viewer as a classic script, which the report carries inside, as the widget's module, and as
// JupyterLab's extension. `node build.mjs FOLDER` puts them elsewhere.

import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2] ?? path.join(here, "..", "tracelab", "static");

await mkdir(folder, { recursive: true });
await write("report.js", inScript(await bundled("report", "iife")));
await write("widget.js", await bundled("widget", "esm"));
await writeExtension("labextensions/tracelab");

/** A prebuilt extension, as `jupyter labextension list` finds it below a folder of JUPYTER_PATH. */
async function writeExtension(at) {
  await rm(path.join(folder, at), { recursive: true, force: true });
  await mkdir(path.join(folder, at, "static"), { recursive: true });
  const late = await writeHashed(at, "late", await bundled("lab/late", "esm"));
  const entry = await writeHashed(at, "remoteEntry", await bundled("lab/container", "iife", { LATE: JSON.stringify(late) }));
  const [, version] = /__version__ = "(.+)"/.exec(await readFile(path.join(here, "..", "tracelab", "__init__.py"), "utf8"));
  const jupyterlab = { extension: true, schemaDir: "schema", _build: { load: `static/${entry}`, extension: "./extension" } };
  const description = "What torch.jit.trace froze: a side panel, marks in cells, .tracelab files.";
  const about = { name: "tracelab", version, description, license: "BSD-3-Clause", jupyterlab };
  const uninstallInstructions = "Use your Python package manager (pip, conda, etc.) to uninstall the package tracelab";
  await writeJson(at, "package.json", about);
  await mkdir(path.join(folder, at, "schemas", "tracelab"), { recursive: true });
  await copyFile(path.join(here, "schema", "plugin.json"), path.join(folder, at, "schemas", "tracelab", "plugin.json"));
  await writeJson(at, "schemas/tracelab/package.json.orig", about); // by which JupyterLab knows the settings' version
  await writeJson(at, "install.json", { packageManager: "python", packageName: "tracelab", uninstallInstructions });
}

/** A browser that has kept the file of another build asks for another name. */
async function writeHashed(at, name, text) {
  const file = `${name}.${createHash("sha256").update(text).digest("hex").slice(0, 16)}.js`;
  await write(path.join(at, "static", file), text);
  return file;
}

async function writeJson(at, name, value) {
  await writeFile(path.join(folder, at, name), `${JSON.stringify(value, null, 2)}\n`);
}

async function bundled(host, format, known = {}) {
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
    define: { "process.env.NODE_ENV": '"production"', ...known },
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

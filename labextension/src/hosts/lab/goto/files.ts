/** Where a file of the kernel's is on the server, if it serves it. */

import type { Contents } from "@jupyterlab/services";
import { pathsOf, suffixesOf, trimmed } from "../marks/matching";
import type { Wanted } from "./wanted";

/** Its path below the server's root, as long as it is there. */
export async function pathOf(contents: Contents.IManager, root: string, wanted: Wanted): Promise<string | undefined> {
  if (root === "") return likely(contents, wanted);
  for (const path of pathsOf(wanted.filename, root)) {
    if (await contents.get(path, { content: false }).catch(() => undefined)) return path;
  }
  return undefined;
}

/** Notebook 7 does not say where the root is: it is the file if it reads the same, and no other of that name. */
async function likely(contents: Contents.IManager, { filename, text }: Wanted): Promise<string | undefined> {
  const folder = (await contents.get("")) as { readonly content: readonly Contents.IModel[] };
  const names = new Set(folder.content.map(({ name }) => name));
  for (const path of suffixesOf(filename).filter((one) => names.has(one.split("/", 1)[0]!))) {
    const file = await contents.get(path, { type: "file", format: "text", content: true }).catch(() => undefined);
    if (file && (text === null || trimmed(String(file.content)) === trimmed(text))) return path;
  }
  return undefined;
}

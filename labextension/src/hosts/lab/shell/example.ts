/** A notebook to begin with: a function that a trace gets wrong, and the line that shows it. */

import type { KernelSpec } from "@jupyterlab/services";
import type { Shell } from "./shell";

const CELLS = [
  "%load_ext tracelab\nimport torch",
  "def shrink(x):\n    while x.abs().max() > 1:\n        x = x / 2\n    return x",
  "%trace shrink(torch.tensor([3.0, -5.0]))",
];

/** The kernel that such a notebook has: the server's own choice where that is Python, else the first that is. */
export function pythonSpec({ app }: Shell): KernelSpec.ISpecModel | undefined {
  const specs = app.serviceManager.kernelspecs.specs;
  const all = Object.values(specs?.kernelspecs ?? {});
  const python = all.filter((spec) => spec?.language.toLowerCase() === "python");
  return python.find((spec) => spec?.name === specs?.default) ?? python[0];
}

export async function newExample(shell: Shell, folder: string): Promise<void> {
  const { contents } = shell.app.serviceManager;
  const spec = pythonSpec(shell);
  if (!spec) return;
  const { path } = await contents.newUntitled({ path: folder, type: "notebook" });
  const kernelspec = { name: spec.name, display_name: spec.display_name, language: spec.language };
  const content = { cells: CELLS.map(cell), metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
  await contents.save(path, { type: "notebook", format: "json", content });
  await shell.app.commands.execute("docmanager:open", { path });
}

function cell(source: string): object {
  return { cell_type: "code", id: crypto.randomUUID(), metadata: {}, source, outputs: [], execution_count: null };
}

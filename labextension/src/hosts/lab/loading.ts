/** TraceLab, loaded into a kernel that the user has: nothing of it is seen in the notebook. */

import type { Kernel } from "@jupyterlab/services";

export type Loaded = { readonly how: "loaded" } | { readonly how: "not installed" } | { readonly how: "failed"; readonly why: string };

/** Ends when the kernel has done it, which is after the cells that run. */
export async function loadInto(kernel: Kernel.IKernelConnection): Promise<Loaded> {
  try {
    const asked = kernel.requestExecute({ code: "%load_ext tracelab", silent: true, store_history: false, stop_on_error: false, allow_stdin: false });
    const { content } = await asked.done;
    if (content.status === "ok") return { how: "loaded" };
    if (content.status !== "error") return { how: "failed", why: "It was interrupted." };
    const isMissing = content.ename === "ModuleNotFoundError" && /'tracelab'/.test(content.evalue);
    return isMissing ? { how: "not installed" } : { how: "failed", why: `${content.ename}: ${content.evalue}` };
  } catch {
    return { how: "failed", why: "The kernel ended first." };
  }
}

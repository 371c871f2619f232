/**
 * A way to a kernel beside its cells, for a page that is loaded while one runs. JupyterLab asks a kernel who it is on the
 * way that cells take: until the cell has ended it knows of no subshells, refuses to make one, and opens its comms without.
 */

import type { Kernel, KernelMessage } from "@jupyterlab/services";
import { newId, patience } from "./asks";

export interface Beside {
  /** Whether there is a way; `isWanted` is asked before one is made, for what a kernel that starts owes may come yet. */
  open(isWanted: () => boolean): Promise<boolean>;
  /** Nobody needs it any more: the kernel may have the thread back. */
  close(): void;
  /** What `open` has found has ended with the kernel's process. */
  forget(): void;
  /** The answer to a request. */
  ask(type: string, content: object): Promise<Fields>;
  /** Where there is no way, nothing is told, and that is said. */
  tell(type: string, content: object): boolean;
}

type Fields = Readonly<Record<string, unknown>>;
type Channel = "control" | "shell";

const FEATURE = "kernel subshells";

export function besideOf(kernel: Kernel.IKernelConnection): Beside {
  let subshell = "";
  let life = 0;
  const forget = () => {
    [subshell, life] = ["", life + 1];
  };
  return {
    open: async (isWanted) => {
      if (!isAllowed(kernel)) return false;
      const mine = life;
      const { supported_features: features } = await asked(kernel, "control", "kernel_info_request", {});
      await patience();
      if (!Array.isArray(features) || !features.includes(FEATURE) || !isWanted()) return false;
      const { subshell_id: id } = await asked(kernel, "control", "create_subshell_request", {});
      if (mine === life && typeof id === "string") subshell = id;
      return subshell !== "";
    },
    close: () => {
      if (subshell !== "") asked(kernel, "control", "delete_subshell_request", { subshell_id: subshell }).catch(() => undefined);
      forget();
    },
    forget,
    ask: (type, content) => asked(kernel, "shell", type, content, subshell),
    tell: (type, content) => {
      if (subshell !== "") kernel.sendShellMessage(message(kernel, "shell", type, content, subshell), false, true);
      return subshell !== "";
    },
  };
}

/** By who runs JupyterLab; one that is older than subshells does not say. */
function isAllowed(kernel: Kernel.IKernelConnection): boolean {
  const { commsOverSubshells } = kernel as { readonly commsOverSubshells?: string };
  return commsOverSubshells !== undefined && commsOverSubshells !== "disabled";
}

async function asked(kernel: Kernel.IKernelConnection, channel: Channel, type: string, content: object, subshell?: string): Promise<Fields> {
  const made = message(kernel, channel, type, content, subshell);
  const future =
    channel === "control"
      ? kernel.sendControlMessage(made as KernelMessage.IMessage as KernelMessage.IControlMessage, true, true)
      : kernel.sendShellMessage(made as KernelMessage.IShellMessage, true, true);
  return (await future.done)!.content as unknown as Fields;
}

function message(kernel: Kernel.IKernelConnection, channel: Channel, type: string, content: object, subshell = ""): KernelMessage.IShellMessage {
  const header = {
    date: new Date().toISOString(), msg_id: newId(), msg_type: type, session: kernel.clientId,
    subshell_id: subshell || null, username: kernel.username, version: "5.2",
  };
  return { buffers: [], channel, content, header, metadata: {}, parent_header: {} } as unknown as KernelMessage.IShellMessage;
}

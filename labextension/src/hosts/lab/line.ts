/** The line by which a page asks a kernel: requests with ids, and the replies to each. */

import type { Kernel, KernelMessage } from "@jupyterlab/services";
import type { JSONObject } from "@lumino/coreutils";
import { CHANNEL, type Problem, type Reply, RPC } from "../../schema";
import { type Asks, type Heard, PATIENCE_MS } from "./asks";
import type { Beside } from "./beside";

const OTHER: Problem = problem("The kernel has another version of TraceLab than this page.", "Restart the kernel; reload the page if that is not enough.");
const GONE = problem("The kernel is gone, or was restarted, before it answered.", "Run the cell again.");
const NOBODY = problem("TraceLab is not loaded in this kernel.", "Run %load_ext tracelab.");

export interface Line {
  ask(request: Asks & { readonly id: string }, heard: Heard, late?: () => void): () => void;
  /** All that waits has failed. */
  end(): void;
}

type Spoken = (data: JSONObject) => void;

/** Opened when something is asked for the first time, and again when it was closed. */
export function lineOf(kernel: Kernel.IKernelConnection, beside: Beside): Line {
  const waiting = new Map<string, Heard>();
  let open: Promise<Spoken> | undefined;
  const hear = ({ content, buffers }: KernelMessage.ICommMsgMsg) => {
    const reply = content.data as unknown as Reply;
    const heard = waiting.get(reply.id);
    const isOther = reply.version !== CHANNEL;
    if (isOther || (reply.state !== "queued" && reply.state !== "running")) waiting.delete(reply.id);
    heard?.(isOther ? failed(reply.id, OTHER) : reply, (buffers ?? []).map(copyOf));
  };
  const end = () => {
    open = undefined;
    const all = [...waiting];
    waiting.clear();
    for (const [id, heard] of all) heard(failed(id, GONE), []);
  };
  const opened = (): Promise<Spoken> => {
    const made: Promise<Spoken> = opening(kernel, beside, hear, () => {
      if (open === made) end();
    });
    return made;
  };
  const send = async (request: Asks & { readonly id: string }) => {
    open ??= opened();
    const mine = open;
    const say = await mine;
    if (mine === open && waiting.has(request.id)) say({ ...request } as unknown as JSONObject);
  };
  return {
    end,
    ask: (request, heard, late) => {
      const timer = late && setTimeout(late, PATIENCE_MS);
      waiting.set(request.id, (reply, buffers) => {
        clearTimeout(timer);
        heard(reply, buffers);
      });
      send(request).catch(() => {
        if (!waiting.delete(request.id)) return;
        clearTimeout(timer);
        heard(failed(request.id, GONE), []);
      });
      return () => {
        clearTimeout(timer);
        waiting.delete(request.id);
      };
    },
  };
}

async function opening(
  kernel: Kernel.IKernelConnection,
  beside: Beside,
  hear: (msg: KernelMessage.ICommMsgMsg) => void,
  closed: () => void,
): Promise<Spoken> {
  const comm = kernel.createComm(RPC);
  const comm_id = comm.commId;
  comm.onMsg = hear;
  comm.onClose = closed;
  if (!kernel.supportsSubshells && beside.tell("comm_open", { comm_id, target_name: RPC, data: {} })) {
    comm.commsOverSubshells = "disabled" as typeof comm.commsOverSubshells;
    return (data) => void beside.tell("comm_msg", { comm_id, data });
  }
  // It answers while a cell runs. What was sent before it has started would wait for the cell's end.
  if (kernel.supportsSubshells && comm.commsOverSubshells !== "disabled") await quiet(comm);
  comm.open();
  return (data) => void comm.send(data);
}

/** When the comm has a subshell of its own; none, where that cannot be, is no error to the page. */
export function quiet(comm: Kernel.IComm): Promise<void> {
  const { subshellStarted } = comm as Kernel.IComm & { readonly subshellStarted?: Promise<void> };
  return subshellStarted?.catch(() => undefined) ?? Promise.resolve();
}

export function refused(id: string, heard: Heard): () => void {
  let isHeard = true;
  queueMicrotask(() => {
    if (isHeard) heard(failed(id, NOBODY), []);
  });
  return () => {
    isHeard = false;
  };
}

/** A reply as the kernel would have given. */
function failed(id: string, ...problems: Problem[]): Reply {
  return {
    id, state: "failed", version: CHANNEL, text: "", part: null, problems, form: null, call: "", run: null, trace: "",
    listing: null, findings: [], marked: [], sent: null, filename: "",
  };
}

function problem(what: string, cure: string): Problem {
  return { what, cure, where: "", part: "" };
}

/** A copy: the view lies at any offset in a message, and numbers are read at multiples of eight. */
function copyOf(sent: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (sent instanceof ArrayBuffer) return new Uint8Array(sent.slice(0));
  return new Uint8Array(sent.buffer, sent.byteOffset, sent.byteLength).slice();
}

/**
 * The line to a kernel: whether TraceLab is there, what it tells, and what it answers. One for each kernel, so nothing of
 * the file that is loaded late may import this: it would have a second one. It is given what it needs (`room.ts`).
 */

import type { Kernel, KernelMessage } from "@jupyterlab/services";
import type { JSONObject } from "@lumino/coreutils";
import { CHANNEL, type Problem, PUSH, type Reply, RPC, type Told } from "../../schema";
import { type Asks, type Heard, newId, PATIENCE_MS, type Talk, type TalkState } from "./asks";
import { newsOf, type Settable, watched } from "./watched";
import { noted } from "./working";

export type { Asks, Talk, TalkState } from "./asks";

const OTHER: Problem = problem("The kernel has another version of TraceLab than this page.", "Restart the kernel; reload the page if that is not enough.");
const GONE = problem("The kernel is gone, or was restarted, before it answered.", "Run the cell again.");
const NOBODY = problem("TraceLab is not loaded in this kernel.", "Run %load_ext tracelab.");

const talks = new WeakMap<Kernel.IKernelConnection, Talk>();
/** By the kernel's id: of several connections to a kernel, JupyterLab lets one have comms. */
const speaking = new Map<string, Talk>();

/** The same one for a kernel, always; also where the page has several connections to it. */
export function talkOf(kernel: Kernel.IKernelConnection): Talk {
  const spokesman = kernel.handleComms ? undefined : speaking.get(kernel.id);
  const known = spokesman ?? talks.get(kernel);
  if (known) return known;
  const made = talkTo(kernel);
  talks.set(kernel, made);
  if (kernel.handleComms && !kernel.isDisposed) {
    speaking.set(kernel.id, made);
    kernel.disposed.connect(() => {
      if (speaking.get(kernel.id) === made) speaking.delete(kernel.id);
    });
  }
  return made;
}

/** The one to a kernel that is known by its id, if it has one. */
export function speaker(kernel: string): Talk | undefined {
  return speaking.get(kernel);
}

function talkTo(kernel: Kernel.IKernelConnection): Talk {
  const state = watched<TalkState>(kernel.isDisposed || !kernel.handleComms ? "gone" : "asking");
  const news = newsOf<Told>();
  const line = lineOf(kernel);
  const pushes = new Map<string, Kernel.IComm>();
  const hearing = (push: Kernel.IComm) => {
    pushes.set(push.commId, push);
    quiet(push);
    push.onMsg = ({ content }) => {
      const told = content.data as Partial<Told>;
      if (told.version === CHANNEL && told.what) news.tell(told as Told);
    };
    push.onClose = () => {
      pushes.delete(push.commId);
      if (pushes.size > 0 || state.value !== "ready") return;
      line.end();
      state.set("unloaded");
    };
    state.set("ready");
  };
  // A line that was only interrupted still has them.
  const found = (id: string) => {
    const push = kernel.hasComm(id) ? pushes.get(id) : kernel.createComm(PUSH, id);
    if (push) hearing(push);
  };
  if (state.value === "asking") {
    kernel.registerCommTarget(PUSH, hearing);
    watching(kernel, state, found, line.end);
  }
  return {
    kernel,
    state,
    listen: news.listen,
    ask: (request, heard, late) => {
      const full = { version: CHANNEL, id: newId(), ...request };
      return state.value === "ready" ? line.ask(full, noted(full, heard), late) : refused(full.id, heard);
    },
  };
}

/** Asks whether TraceLab is there, whenever that may have changed; `lost` where all that was open is closed. */
function watching(
  kernel: Kernel.IKernelConnection,
  state: Settable<TalkState>,
  found: (push: string) => void,
  lost: () => void,
): void {
  let asked: object | undefined;
  const look = async () => {
    if (asked || state.value !== "asking") return;
    const mine = {};
    asked = mine;
    const answer = await pushesIn(kernel).catch(() => undefined);
    if (asked !== mine) return;
    asked = undefined;
    // Without an answer it is asked again with the kernel's next status.
    if (state.value !== "asking" || answer === undefined) return;
    if (answer === "other language") state.set(answer);
    else if (answer.length === 0) state.set("unloaded");
    else answer.forEach(found);
  };
  const begin = (next: TalkState) => {
    asked = undefined;
    lost();
    state.set(next);
  };
  kernel.statusChanged.connect((_, status) => {
    if (status === "restarting" || status === "autorestarting") begin("asking");
    else if (status === "dead") begin("gone");
    else void look();
  });
  kernel.connectionStatusChanged.connect((_, status) => {
    if (status === "disconnected") begin("gone");
    else if (status === "connected") {
      if (state.value === "gone") begin("asking");
      void look();
    }
  });
  kernel.disposed.connect(() => begin("gone"));
  void look();
}

/** Harmless in every kernel: a comm that is opened where nobody knows it would be an error in the kernel's log. */
async function pushesIn(kernel: Kernel.IKernelConnection): Promise<string[] | "other language"> {
  const spec = await kernel.spec;
  const language = spec?.language ?? (await kernel.info).language_info.name;
  if (language.toLowerCase() !== "python") return "other language";
  const { content } = await kernel.requestCommInfo({ target_name: PUSH });
  // A kernel may answer with all that it has.
  return content.status === "ok" ? Object.keys(content.comms).filter((id) => content.comms[id]?.target_name === PUSH) : [];
}

interface Line {
  ask(request: Asks & { readonly id: string }, heard: Heard, late?: () => void): () => void;
  /** All that waits has failed. */
  end(): void;
}

/** Opened when something is asked for the first time, and again when it was closed. */
function lineOf(kernel: Kernel.IKernelConnection): Line {
  const waiting = new Map<string, Heard>();
  let open: Promise<Kernel.IComm> | undefined;
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
  const opened = (): Promise<Kernel.IComm> => {
    const made: Promise<Kernel.IComm> = opening(kernel, hear, () => {
      if (open === made) end();
    });
    return made;
  };
  const send = async (request: Asks & { readonly id: string }) => {
    open ??= opened();
    const mine = open;
    const comm = await mine;
    if (mine === open && waiting.has(request.id)) comm.send({ ...request } as unknown as JSONObject);
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

async function opening(kernel: Kernel.IKernelConnection, hear: (msg: KernelMessage.ICommMsgMsg) => void, closed: () => void): Promise<Kernel.IComm> {
  const comm = kernel.createComm(RPC);
  comm.onMsg = hear;
  comm.onClose = closed;
  // It answers while a cell runs. What was sent before it has started would wait for the cell's end.
  if (kernel.supportsSubshells && comm.commsOverSubshells !== "disabled") await quiet(comm);
  comm.open();
  return comm;
}

/** When the comm has a subshell of its own; none, where that cannot be, is no error to the page. */
function quiet(comm: Kernel.IComm): Promise<void> {
  const { subshellStarted } = comm as Kernel.IComm & { readonly subshellStarted?: Promise<void> };
  return subshellStarted?.catch(() => undefined) ?? Promise.resolve();
}

function refused(id: string, heard: Heard): () => void {
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
    left: [],
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

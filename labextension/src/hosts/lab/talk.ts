/**
 * The line to a kernel: whether TraceLab is there, what it tells, and what it answers. One for each kernel, so nothing of
 * the file that is loaded late may import this: it would have a second one. It is given what it needs (`room.ts`).
 */

import type { Kernel } from "@jupyterlab/services";
import { CHANNEL, PUSH, type Told } from "../../schema";
import { newId, type Talk, type TalkState } from "./asks";
import { besideOf } from "./beside";
import { lineOf, quiet, refused } from "./line";
import { watching } from "./presence";
import { newsOf, watched } from "./watched";
import { noted } from "./working";

export type { Asks, Talk, TalkState } from "./asks";

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
  const beside = besideOf(kernel);
  const line = lineOf(kernel, beside);
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
      state.set("unloaded");
      line.end();
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
    watching(kernel, state, found, beside, line.end);
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

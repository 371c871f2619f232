/** What is asked of a kernel, and by whom; both of the extension's files may import this. */

import type { Kernel } from "@jupyterlab/services";
import type { Reply, Request, Told } from "../../schema";
import type { Watched } from "./watched";

/**
 * `asking`: it is not known yet, or not again: the kernel starts, or is busy. `unloaded`: Python without TraceLab.
 * `gone`: there is no kernel any more, or no line to it.
 */
export type TalkState = "asking" | "other language" | "unloaded" | "ready" | "gone";

/** A request; the rest is filled in. Who wants to cancel it gives it an id (`newId`). */
export type Asks = Pick<Request, "what"> & Partial<Request>;
export type Buffers = readonly Uint8Array[];
export type Heard = (reply: Reply, buffers: Buffers) => void;

export interface Talk {
  readonly kernel: Kernel.IKernelConnection;
  readonly state: Watched<TalkState>;
  /**
   * Each reply to the request is heard, until one ends it; that is one with a problem where there is nobody to ask.
   * `late` is called where no answer has come after a moment, as the kernel is busy. What is returned ends the hearing.
   */
  ask(request: Asks, heard: Heard, late?: () => void): () => void;
  /** Calls with all that the kernel tells unasked, until what is returned is called. */
  listen(heard: (told: Told) => void): () => void;
}

/** A kernel that is idle has answered by then. */
export const PATIENCE_MS = 600;

export function patience(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, PATIENCE_MS));
}

let count = 0;
const prefix = Math.random().toString(36).slice(2);

/** Of a request; no other page has the same. */
export function newId(): string {
  return `${prefix}-${++count}`;
}

/** The widget's line to its kernel: requests and replies as custom messages, under a key of our own. */

import { signal } from "@preact/signals-core";
import { CHANNEL, type Reply, type Request } from "../schema";
import type { Line } from "../view/asking";
import type { Model } from "./steering";

export const GONE = "The kernel that made this is gone: what is shown stays, and nothing can be run. Run the cell again to make it live.";
/** How long a kernel that may be gone has time to say that it is not. */
const SIGN_MS = 5000;

export function lineTo(model: Model): Line & { end(): void } {
  const gone = signal("");
  const waiting = new Map<string, (reply: Reply) => void>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hear = (content?: unknown) => {
    const reply = replyIn(content);
    if (!reply) return;
    clearTimeout(timer);
    gone.value = "";
    const heard = waiting.get(reply.id);
    if (reply.state !== "queued" && reply.state !== "running") waiting.delete(reply.id);
    heard?.(reply);
  };
  const send = (request: Partial<Request>) => {
    try {
      model.send({ tracelab: request });
    } catch {
      gone.value = GONE;
    }
  };
  // ipywidgets says that something happened to the line, not what: a living kernel answers.
  const doubt = () => {
    clearTimeout(timer);
    timer = setTimeout(() => (gone.value = GONE), SIGN_MS);
    send({ what: "cancel", version: CHANNEL, id: "sign" });
  };
  const lost = () => (gone.value = GONE);
  model.on("msg:custom", hear);
  model.on("comm_live_update", doubt);
  model.on("comm:close", lost);
  return {
    gone,
    ask: (request, heard) => {
      waiting.set(request.id, heard);
      send(request);
    },
    end: () => {
      clearTimeout(timer);
      model.off("msg:custom", hear);
      model.off("comm_live_update", doubt);
      model.off("comm:close", lost);
    },
  };
}

function replyIn(content: unknown): Reply | null {
  if (typeof content !== "object" || content === null || !("tracelab" in content)) return null;
  const { tracelab } = content;
  const isReply = typeof tracelab === "object" && tracelab !== null && "id" in tracelab && "state" in tracelab;
  return isReply ? (tracelab as Reply) : null;
}

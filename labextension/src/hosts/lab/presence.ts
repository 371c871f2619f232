/** Whether TraceLab is in a kernel: found out without a word that a kernel which has none would answer by an error. */

import type { Kernel } from "@jupyterlab/services";
import { PUSH } from "../../schema";
import { patience, type TalkState } from "./asks";
import type { Beside } from "./beside";
import type { Settable } from "./watched";

/** Asks whether TraceLab is there, whenever that may have changed; `lost` where all that was open is closed. */
export function watching(
  kernel: Kernel.IKernelConnection,
  state: Settable<TalkState>,
  found: (push: string) => void,
  beside: Beside,
  lost: () => void,
): void {
  let asked: object | undefined;
  const look = async () => {
    if (asked || state.value !== "asking") return;
    const mine = {};
    asked = mine;
    const answer = await pushesIn(kernel, beside).catch(() => undefined);
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
    beside.forget();
    // First of all nobody is asked any more: who hears that a request has failed may ask again, on a line that ends.
    state.set(next);
    lost();
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
async function pushesIn(kernel: Kernel.IKernelConnection, beside: Beside): Promise<string[] | "other language"> {
  const spec = await kernel.spec;
  const language = spec?.language ?? (await kernel.info).language_info.name;
  if (language.toLowerCase() !== "python") return "other language";
  const asked = { target_name: PUSH };
  const inTurn = kernel.requestCommInfo(asked).then(({ content }) => content as Comms);
  let isAnswered = false;
  const answered = () => {
    isAnswered = true;
  };
  inTurn.then(answered, answered);
  const aside = async () => {
    await patience();
    const isOpen = !isAnswered && (await beside.open(() => !isAnswered));
    return isOpen ? ((await beside.ask("comm_info_request", asked)) as unknown as Comms) : inTurn;
  };
  const { status, comms } = await Promise.race([inTurn, aside().catch(() => inTurn)]);
  // A kernel may answer with all that it has.
  const pushes = status === "ok" ? Object.keys(comms).filter((id) => comms[id]?.target_name === PUSH) : [];
  if (pushes.length === 0) beside.close();
  return pushes;
}

interface Comms {
  readonly status: string;
  readonly comms: Readonly<Record<string, { readonly target_name: string }>>;
}

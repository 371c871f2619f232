/** What stands in the panel where there are no Traces to show, each with what can be done. */

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { copied } from "../../../view/save";
import { visible } from "../../../view/visible";
import type { Followed } from "../following";
import { type Loaded, loadInto } from "../loading";
import type { Room } from "../room";
import { PATIENCE_MS } from "../asks";
import type { Sheet } from "./sheet";

const EXAMPLE = "%load_ext tracelab\n%trace model(x)";
const INSTALL = "%pip install tracelab";

/** No notebook, and no console. */
export function Alone({ room: { app, trans } }: { room: Room }) {
  const isLab = app.commands.hasCommand("launcher:create");
  return (
    <Blank title={trans.__("What did the trace freeze?")}>
      <p>{trans.__("TraceLab traces a PyTorch model as torch.jit.trace does, and shows each value that became a constant on the way: a branch, a size, a mode.")}</p>
      <p>{trans.__("It then looks for an input that proves it wrong, and names the line.")}</p>
      <p>{trans.__("Open a notebook or a console, and run:")}</p>
      <Code room={{ trans }} text={EXAMPLE} what={trans.__("the example")} />
      {isLab && (
        <button type="button" class="first" onClick={() => void app.commands.execute("launcher:create")}>
          {trans.__("Open a launcher")}
        </button>
      )}
    </Blank>
  );
}

export function Foreign({ room: { trans }, sheet }: { room: Room; sheet: Sheet }) {
  return (
    <Blank title={trans.__("Not a Python kernel")}>
      <p>{trans.__("TraceLab works where PyTorch does, in Python. The kernel here is %1.", visible(sheet.talk.kernel.name, 80))}</p>
    </Blank>
  );
}

/** No kernel, or none that could answer. */
export function Gone({ room: { app, trans }, followed }: { room: Room; followed: Followed }) {
  const { kernelDisplayName } = followed.pane.sessionContext;
  const isStarting = ["starting", "connecting", "initializing"].includes(useDisplayStatus(followed));
  if (isStarting) return <Blank title={trans.__("The kernel starts")} isQuiet />;
  // They act on the notebook, or the console, that is active in its kind.
  const kind = followed.pane.hasClass("jp-ConsolePanel") ? "console" : "notebook";
  const command = followed.kernel ? `${kind}:restart-kernel` : `${kind}:change-kernel`;
  return (
    <Blank title={followed.kernel ? trans.__("The kernel is gone") : trans.__("No kernel")}>
      <p>
        {followed.kernel
          ? trans.__("%1 has ended, or cannot be reached. The Traces in it are gone; what is in the notebook stays.", visible(kernelDisplayName, 80))
          : trans.__("Traces live in kernels.")}
      </p>
      {app.commands.hasCommand(command) && (
        <button type="button" class="first" onClick={() => void app.commands.execute(command)}>
          {followed.kernel ? trans.__("Restart the kernel") : trans.__("Choose a kernel")}
        </button>
      )}
    </Blank>
  );
}

function useDisplayStatus({ pane: { sessionContext } }: Followed): string {
  const [status, setStatus] = useState(sessionContext.kernelDisplayStatus);
  useEffect(() => {
    const look = () => setStatus(sessionContext.kernelDisplayStatus);
    sessionContext.statusChanged.connect(look);
    sessionContext.connectionStatusChanged.connect(look);
    look();
    return () => {
      sessionContext.statusChanged.disconnect(look);
      sessionContext.connectionStatusChanged.disconnect(look);
    };
  }, [sessionContext]);
  return status;
}

/** Not known yet: the kernel starts, is restarted, or is busy. */
export function Asked({ room: { trans }, sheet }: { room: Room; sheet: Sheet }) {
  const isLate = useLate();
  const status = sheet.status.value;
  if (status === "restarting" || status === "autorestarting") return <Blank title={trans.__("The kernel restarts")} isQuiet />;
  if (status === "starting") return <Blank title={trans.__("The kernel starts")} isQuiet />;
  if (!isLate) return <p class="soft pad">{trans.__("Asking the kernel.")}</p>;
  return (
    <Blank title={trans.__("No answer yet")}>
      <p>{trans.__("The kernel starts, or a cell runs in it. What lives there is shown as soon as it answers.")}</p>
    </Blank>
  );
}

export function Unloaded({ room: { trans }, sheet }: { room: Room; sheet: Sheet }) {
  const [loaded, setLoaded] = useState<Loaded | "asked" | undefined>();
  const isLate = useLate(loaded === "asked");
  const load = async () => {
    setLoaded("asked");
    setLoaded(await loadInto(sheet.talk.kernel));
  };
  const isAsked = loaded === "asked";
  return (
    <Blank title={trans.__("TraceLab is not loaded here")}>
      <p>{trans.__("The kernel is Python. Loaded into it, TraceLab shows which Traces live there and what can be traced; nothing of yours is run.")}</p>
      <button type="button" class="first" disabled={isAsked} onClick={load}>
        {isAsked ? trans.__("Loading") : trans.__("Load TraceLab")}
      </button>
      {isAsked && isLate && (
        <p class="soft" role="status">
          {trans.__("Queued: the kernel is busy. TraceLab is loaded when the running cell ends.")}
        </p>
      )}
      {typeof loaded === "object" && loaded.how === "not installed" && (
        <div role="alert">
          <p>{trans.__("TraceLab is not installed in this kernel's Python. Run this in a cell, then load it again:")}</p>
          <Code room={{ trans }} text={INSTALL} what={trans.__("the pip line")} />
        </div>
      )}
      {typeof loaded === "object" && loaded.how === "failed" && (
        <p role="alert" class="wrong">
          {trans.__("It could not be loaded: %1", visible(loaded.why, 300))}
        </p>
      )}
      {loaded === undefined && <p class="soft">{trans.__("Or run %1 in a cell.", "%load_ext tracelab")}</p>}
    </Blank>
  );
}

/** Whether something has not come when a kernel that is idle would have answered. */
function useLate(isAsked = true): boolean {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    if (!isAsked) return;
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [isAsked]);
  return isLate;
}

function Blank({ title, children, isQuiet = false }: { title: string; children?: ComponentChildren; isQuiet?: boolean }) {
  return (
    <div class="blank" role={isQuiet ? "status" : undefined}>
      <h3>{title}</h3>
      {children}
    </div>
  );
}

export function Code({ room: { trans }, text, what }: { room: Pick<Room, "trans">; text: string; what: string }) {
  const [said, setSaid] = useState("");
  const copy = async () => setSaid((await copied(text)) ? trans.__("Copied") : trans.__("Select it and copy it by hand"));
  return (
    <div class="code">
      {/* It scrolls, so the keyboard must reach it. */}
      <pre tabIndex={0} role="group" aria-label={what}>
        {text}
      </pre>
      <button type="button" class="quiet" onClick={copy} aria-label={trans.__("Copy %1", what)}>
        {said || trans.__("Copy")}
      </button>
    </div>
  );
}

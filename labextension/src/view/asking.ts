/** Running again, as the screen sees it: the form, what is filled in, and what is under way. A host asks the kernel. */

import { batch, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals-core";
import { CHANNEL, type Field, type Fill, type Filled, type Form, type Problem, type Reply, type Request } from "../schema";

/** A request; what it leaves out has its default in the kernel. */
export type Asked = Pick<Request, "version" | "id" | "what"> & Partial<Request>;

/** A host's line to a kernel. */
export interface Line {
  /** Why nobody answers any more; empty while somebody may. */
  readonly gone: ReadonlySignal<string>;
  /** Each reply to the request is heard, until one ends it. */
  ask(request: Asked, heard: (reply: Reply) => void): void;
}

export interface Options {
  readonly method: string;
  readonly mode: string;
  readonly calls: string;
  readonly seed: string;
  readonly seconds: string;
}

type Job = "rerun" | "search" | "repair" | "apply";

/** What was asked for and has not ended. */
export interface Work {
  readonly id: string;
  readonly what: Job;
  readonly waits: boolean;
  readonly text: string;
  /** From 0 to 1; null where nobody knows. */
  readonly part: number | null;
}

/** What came of looking for repairs. */
export interface Mending {
  /** How the last of it ended. */
  readonly said: string;
  readonly problems: readonly Problem[];
  /** The Trace that was repaired, and the variable that holds it. */
  readonly applied: { readonly trace: string; readonly variable: string } | null;
}

/** It outlives the document: what was filled in stays when another one is shown. */
export interface Asking {
  readonly gone: ReadonlySignal<string>;
  readonly open: Signal<boolean>;
  readonly form: Signal<Form | null>;
  readonly filled: Signal<ReadonlyMap<string, Filled>>;
  readonly options: Signal<Options>;
  /** Whether anything was filled in or chosen. */
  readonly touched: ReadonlySignal<boolean>;
  /** The one Python call that the form makes; of what was filled in before, where it has problems. */
  readonly call: Signal<string>;
  readonly problems: Signal<readonly Problem[]>;
  readonly work: Signal<Work | null>;
  /** How the last work ended; why there is no form yet. */
  readonly said: Signal<string>;
  /** The id of the Run that is to come into view. */
  readonly wanted: Signal<number | null>;
  readonly mending: Signal<Mending>;
  toggle(): void;
  fill(field: Field, change: Partial<Filled>): void;
  choose(change: Partial<Options>): void;
  run(): void;
  search(): void;
  /** Looks for repairs; the document that has them comes by itself. */
  repair(): void;
  apply(): void;
  cancel(): void;
  dispose(): void;
}

const START: Options = { method: "", mode: "", calls: "1", seed: "", seconds: "10" };
const UNMENDED: Mending = { said: "", problems: [], applied: null };
export const REPAIR_SECONDS = 30;
const SETTLE_MS = 120;
/** A kernel that is idle has answered by then. */
const PATIENCE_MS = 600;
const BUSY = "Queued: the kernel is busy, and has not answered yet.";
const OTHER: Problem = { what: "The kernel has another version of TraceLab than this page.", cure: "Run the cell again.", where: "", part: "" };

/** @param before What was filled in there stands in this one too, as far as its form has the same fields. */
export function askingOf(line: Line, before?: Asking): Asking {
  const [open, form] = [signal(false), signal<Form | null>(null)];
  const [call, said, wanted] = [signal(""), signal(""), signal<number | null>(null)];
  const filled = signal<ReadonlyMap<string, Filled>>(before?.filled.peek() ?? new Map());
  const options = signal(before?.options.peek() ?? START);
  const touched = signal(before?.touched.peek() ?? false);
  const problems = signal<readonly Problem[]>([]);
  const work = signal<Work | null>(null);
  const mending = signal(UNMENDED);
  const prefix = Math.random().toString(36).slice(2);
  let count = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let [checking, again] = [false, false];

  const requestOf = (what: Request["what"], of = ""): Asked => {
    const known = form.value?.methods.find(({ name }) => name === options.value.method)?.fields ?? [];
    const fields = known.map(({ id, filled: first }) => filled.value.get(key(options.value.method, id)) ?? first);
    return { version: CHANNEL, id: `${prefix}-${++count}`, what, fields, of, ...options.value };
  };

  /** Asks; says so where no answer comes soon. */
  const ask = (request: Asked, heard: (reply: Reply) => void, late: () => void = () => undefined) => {
    const waiting = setTimeout(late, PATIENCE_MS);
    line.ask(request, (reply) => {
      clearTimeout(waiting);
      batch(() => heard(reply.version === CHANNEL ? reply : { ...reply, state: "failed", problems: [OTHER] }));
    });
  };

  const load = () => {
    const request = requestOf("form");
    ask(
      request,
      (reply) => {
        said.value = "";
        if (reply.form) {
          form.value = reply.form;
          if (!reply.form.methods.some(({ name }) => name === options.value.method)) {
            options.value = { ...options.value, method: reply.form.methods[0]?.name ?? "" };
          }
          if (call.value === "") {
            call.value = reply.form.call;
            // What stands in the form may be of a Trace before this one.
            if (touched.value) check();
          }
        } else if (reply.state === "failed") problems.value = reply.problems;
      },
      () => {
        if (form.value === null) said.value = BUSY;
      },
    );
  };

  const check = () => {
    if (checking) {
      again = true;
      return;
    }
    checking = true;
    ask(requestOf("call"), (reply) => {
      checking = false;
      if (again) {
        again = false;
        check();
      } else {
        problems.value = reply.problems;
        if (reply.call !== "") call.value = reply.call;
      }
    });
  };

  const changed = () => {
    touched.value = true;
    clearTimeout(timer);
    timer = setTimeout(check, SETTLE_MS);
  };

  const begin = (what: Job, parts: Partial<Request>, ended: (reply: Reply) => void) => {
    if (work.value !== null || line.gone.value !== "") return;
    clearTimeout(timer);
    const request = { ...requestOf(what), ...parts };
    work.value = { id: request.id, what, waits: false, text: "", part: null };
    ask(
      request,
      (reply) => {
        if (work.value?.id !== request.id) return;
        if (reply.call !== "" && what === "rerun") call.value = reply.call;
        if (reply.state === "queued" || reply.state === "running") {
          const waits = reply.state === "queued" && reply.text !== "";
          work.value = { ...work.value, waits, text: waits ? `Queued: ${reply.text}.` : reply.text, part: reply.part };
          return;
        }
        work.value = null;
        ended(reply);
      },
      () => {
        if (work.value?.id === request.id) work.value = { ...work.value, waits: true, text: BUSY };
      },
    );
  };

  const run = (what: "rerun" | "search") => {
    if (work.value !== null || line.gone.value !== "") return;
    problems.value = [];
    said.value = "";
    begin(what, {}, (reply) => {
      problems.value = reply.problems;
      said.value = reply.text;
      wanted.value = reply.run;
    });
  };

  /** What was said of the repairs before stays until there is something new to say. */
  const repair = () =>
    begin("repair", { seconds: String(REPAIR_SECONDS) }, (reply) => {
      mending.value = { said: reply.text, problems: reply.problems, applied: null };
    });

  const apply = () =>
    begin("apply", {}, (reply) => {
      const applied = reply.trace === "" ? null : { trace: reply.trace, variable: reply.call };
      mending.value = { ...mending.value, said: reply.text, problems: reply.problems, applied };
    });

  const stop = effect(() => {
    if (line.gone.value !== "") work.value = null;
  });

  return {
    gone: line.gone, open, form, filled, options, touched, call, problems, work, said, wanted, mending, repair, apply,
    toggle: () => {
      open.value = !open.value;
      if (open.value && line.gone.value === "") load();
    },
    fill: (field, change) => {
      const at = key(options.value.method, field.id);
      const next = refilled(form.value, field, filled.value.get(at) ?? field.filled, change);
      filled.value = new Map(filled.value).set(at, next);
      problems.value = problems.value.filter(({ where }) => where !== field.id);
      changed();
    },
    choose: (change) => {
      options.value = { ...options.value, ...change };
      problems.value = problems.value.filter(({ where }) => !(where in change));
      changed();
    },
    run: () => run("rerun"),
    search: () => run("search"),
    cancel: () => {
      if (work.value !== null) ask(requestOf("cancel", work.value.id), () => undefined);
    },
    dispose: () => {
      clearTimeout(timer);
      stop();
    },
  };
}

export function key(method: string, field: string): string {
  return `${method} ${field}`;
}

/** What one edit makes of a field: who writes a shape wants no example, and what does not go together is not left. */
export function refilled(form: Form | null, field: Field, before: Filled, change: Partial<Filled>): Filled {
  const next = { ...before, ...change };
  const fills = form?.dtypes.find(({ name }) => name === next.dtype)?.fills ?? [];
  const known = (name: string): Fill | undefined => form?.fills.find((fill) => fill.name === name);
  const first = fills.find((name) => known(name)?.is_sized) ?? next.fill;
  if (change.fill === "example") return field.filled;
  const isSized = known(next.fill)?.is_sized ?? true;
  const resized = change.shape !== undefined || change.dtype !== undefined;
  const fill = (resized && !isSized) || !fills.includes(next.fill) ? first : next.fill;
  return fill === before.fill ? { ...next, fill } : { ...next, fill, text: startOf(field, known(fill), next.text), seed: next.seed };
}

function startOf(field: Field, fill: Fill | undefined, text: string): string {
  if (fill?.takes === "range") return field.ranges[fill.name] ?? text;
  if (fill?.takes === "variable") return field.variables.some(({ name }) => name === text) ? text : (field.variables[0]?.name ?? "");
  return "";
}

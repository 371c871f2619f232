/** What the panel knows of one kernel. It stays when another kernel is followed, so that each keeps what was chosen. */

import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals-core";
import type { Found, Listing, Living, Problem, Reply, Request } from "../../../schema";
import { newId, type Talk, type TalkState } from "../asks";
import type { Watched } from "../watched";

/** What takes its time. */
export interface Work {
  readonly id: string;
  readonly title: string;
  readonly waits: boolean;
  readonly text: string;
  /** From 0 to 1; null where nobody knows. */
  readonly part: number | null;
  /** The Trace that it is of; empty for none. */
  readonly trace: string;
  cancel(): void;
}

/** How something ended. */
export interface Ended {
  readonly title: string;
  readonly text: string;
  readonly problems: readonly Problem[];
  /** Of the file that was made. */
  readonly path?: string;
}

export interface Sheet {
  readonly talk: Talk;
  readonly state: ReadonlySignal<TalkState>;
  /** As JupyterLab tells it: `idle`, `busy`, `starting`. */
  readonly status: ReadonlySignal<string>;
  /** Whether it is looked at: else nothing is asked. */
  readonly active: Signal<boolean>;
  readonly listing: ReadonlySignal<Listing | null>;
  readonly findings: ReadonlySignal<readonly Found[] | null>;
  /** Of the Trace that is chosen, and of its finding; both empty for none. */
  readonly chosen: ReadonlySignal<Living | null>;
  readonly finding: Signal<string>;
  /** Whether no answer has come for a moment. */
  readonly waits: ReadonlySignal<boolean>;
  readonly problems: ReadonlySignal<readonly Problem[]>;
  readonly work: Signal<readonly Work[]>;
  readonly ended: Signal<Ended | null>;
  choose(trace: string): void;
  /** Does what takes its time, and tells of it. The last reply, or none where the kernel ended first. */
  begin(title: string, request: Request["what"], more: Partial<Request>): Promise<Answer>;
}

export interface Answer {
  readonly reply: Reply;
  readonly buffers: readonly Uint8Array[];
}

const BUSY = "Queued: the kernel is busy, and has not answered yet.";
const sheets = new WeakMap<Talk, Sheet>();

export function sheetOf(talk: Talk): Sheet {
  const known = sheets.get(talk);
  if (known) return known;
  const made = sheetFor(talk);
  sheets.set(talk, made);
  return made;
}

function sheetFor(talk: Talk): Sheet {
  const state = followed(talk.state);
  const status = signal<string>(talk.kernel.status);
  talk.kernel.statusChanged.connect((_, now) => {
    status.value = now;
  });
  const active = signal(false);
  const wanted = signal("");
  const finding = signal("");
  const [work, ended] = [signal<readonly Work[]>([]), signal<Ended | null>(null)];
  const lists = asked<Listing>(talk, { what: "list" }, ({ listing }) => listing);
  const chosen = computed(() => {
    const traces = lists.answer.value?.traces ?? [];
    return traces.find(({ id }) => id === wanted.value) ?? traces[0] ?? null;
  });
  const found = asked<readonly Found[]>(talk, { what: "findings" }, ({ findings }) => findings);
  const isLive = computed(() => active.value && state.value === "ready");
  effect(() => {
    if (isLive.value) lists.again({});
  });
  talk.listen(() => {
    if (isLive.value) lists.again({});
  });
  // What a Trace has found is asked for when another one is chosen, and when it has another document.
  const wants = computed(() => (isLive.value && chosen.value ? `${chosen.value.revision} ${chosen.value.id}` : ""));
  let shown = "";
  effect(() => {
    if (wants.value === "") return;
    const { id } = chosen.peek()!;
    if (id !== shown) found.forget();
    shown = id;
    found.again({ trace: id });
  });
  effect(() => {
    if (state.value === "ready") return;
    batch(() => {
      lists.forget();
      found.forget();
      [work.value, ended.value, shown] = [[], null, ""];
    });
  });
  return {
    talk, state, status, active, chosen, finding, work, ended,
    listing: lists.answer,
    findings: found.answer,
    waits: computed(() => lists.waits.value || found.waits.value),
    problems: computed(() => [...lists.problems.value, ...found.problems.value]),
    choose: (trace) => {
      if (trace !== chosen.value?.id) finding.value = "";
      wanted.value = trace;
    },
    begin: (title, what, more) => doing(talk, work, ended, title, { what, ...more }),
  };
}

interface AskedOver<T> {
  readonly answer: Signal<T | null>;
  readonly waits: Signal<boolean>;
  readonly problems: Signal<readonly Problem[]>;
  again(more: Partial<Request>): void;
  forget(): void;
}

/** Something that is asked for over and over: while one answer is awaited, at most one more request waits here. */
function asked<T>(talk: Talk, request: Pick<Request, "what">, read: (reply: Reply) => T | null): AskedOver<T> {
  const [answer, waits, problems] = [signal<T | null>(null), signal(false), signal<readonly Problem[]>([])];
  let next: Partial<Request> | undefined;
  let stop: (() => void) | undefined;
  const ask = (more: Partial<Request>) => {
    const heard = (reply: Reply) => {
      if (reply.state === "queued" || reply.state === "running") return;
      stop = undefined;
      batch(() => {
        waits.value = false;
        problems.value = reply.problems;
        if (reply.state === "done") answer.value = read(reply);
      });
      const then = next;
      next = undefined;
      if (then) ask(then);
    };
    stop = talk.ask({ ...request, ...more }, heard, () => {
      waits.value = true;
    });
  };
  return {
    answer, waits, problems,
    again: (more) => {
      if (stop) next = more;
      else ask(more);
    },
    forget: () => {
      stop?.();
      [stop, next] = [undefined, undefined];
      [answer.value, waits.value, problems.value] = [null, false, []];
    },
  };
}

function doing(
  talk: Talk,
  work: Signal<readonly Work[]>,
  ended: Signal<Ended | null>,
  title: string,
  request: Pick<Request, "what"> & Partial<Request>,
): Promise<Answer> {
  const id = newId();
  const change = (part: Partial<Work>) => {
    work.value = work.value.map((one) => (one.id === id ? { ...one, ...part } : one));
  };
  const cancel = () => {
    talk.ask({ what: "cancel", of: id, trace: request.trace ?? "" }, () => undefined);
  };
  batch(() => {
    ended.value = null;
    work.value = [...work.value, { id, title, waits: false, text: "", part: null, trace: request.trace ?? "", cancel }];
  });
  return new Promise((resolve) => {
    const heard = (reply: Reply, buffers: readonly Uint8Array[]) => {
      if (reply.state === "queued" || reply.state === "running") {
        const waits = reply.state === "queued" && reply.text !== "";
        change({ waits, text: waits ? `Queued: ${reply.text}.` : reply.text, part: reply.part });
        return;
      }
      batch(() => {
        work.value = work.value.filter((one) => one.id !== id);
        ended.value = { title, text: reply.text, problems: reply.problems };
      });
      resolve({ reply, buffers });
    };
    talk.ask({ id, ...request }, heard, () => change({ waits: true, text: BUSY }));
  });
}

/** As a signal, for as long as the page is there. */
export function followed<T>(source: Watched<T>): ReadonlySignal<T> {
  const made = signal(source.value);
  source.watch((value) => {
    made.value = value;
  });
  return made;
}

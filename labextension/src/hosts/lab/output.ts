/** The viewer for an output of a notebook, a file of its own: a page without such an output does not load it. */

import { effect, untracked } from "@preact/signals-core";
import { fromBase64 } from "../../model/base64";
import { type Asking, askingOf } from "../../view/asking";
import { type Mounted, mount } from "../../view/mount";
import { goingFrom } from "../going";
import { themeOf } from "../theme";
import { lifeOf } from "./life";
import type { Talk } from "./asks";
import type { Watched } from "./watched";

/** Of what stands in the output, as `tracelab/jupyter/bundle.py` counts. */
const VERSION = 1;

interface Drawn {
  readonly bytes: Uint8Array | Promise<Uint8Array>;
  readonly added: readonly Uint8Array[];
}

/** What the kernel has sent. */
interface Fresh extends Drawn {
  readonly bytes: Uint8Array;
}

/** Shows an output's document until what is returned is called; live while a kernel has the Trace that it is of. */
export function show(place: HTMLElement, output: unknown, talks?: Watched<Talk | undefined>): () => void {
  const { theme, end } = themeOf();
  let now: Drawn = { bytes: bytesOf(output), added: [] };
  let link = "";
  let viewer: Mounted | undefined;
  const draw = (asking?: Asking) => {
    viewer?.dispose();
    // What was selected stays.
    const write = (text: string) => {
      link = text;
    };
    const fragment = { read: () => link, write };
    viewer = mount(place, { ...now, theme, asking, goTo: goingFrom(place), fragment });
  };
  const hear = (drawn: Fresh, isLive: boolean) => {
    if (isLive && drawn.bytes !== now.bytes) viewer?.show(drawn.bytes);
    if (isLive) viewer?.add(drawn.added);
    now = drawn;
  };
  draw();
  const trace = traceOf(output);
  const leave = talks && trace !== "" ? living(talks, trace, draw, hear) : () => undefined;
  return () => {
    leave();
    viewer?.dispose();
    end();
  };
}

/** Follows the Trace in whatever kernel the output's notebook has. */
function living(
  talks: Watched<Talk | undefined>,
  trace: string,
  draw: (asking?: Asking) => void,
  hear: (drawn: Fresh, isLive: boolean) => void,
): () => void {
  let leave = () => {};
  const follow = (talk: Talk | undefined) => {
    leave();
    leave = talk ? livingIn(talk, trace, draw, hear) : () => {};
  };
  follow(talks.value);
  const stop = talks.watch(follow);
  return () => {
    stop();
    leave();
  };
}

function livingIn(talk: Talk, trace: string, draw: (asking?: Asking) => void, hear: (drawn: Fresh, isLive: boolean) => void): () => void {
  let bytes: Uint8Array = new Uint8Array();
  let isLive = false;
  const life = lifeOf(talk, trace, {
    whole: (sent, added) => {
      bytes = sent;
      hear({ bytes, added }, isLive);
    },
    runs: (added) => hear({ bytes, added }, isLive),
  });
  const asking = askingOf(life.line);
  const change = (wanted: boolean) => {
    if (wanted === isLive) return;
    isLive = wanted;
    draw(wanted ? asking : undefined);
  };
  const stop = effect(() => {
    const isAlive = life.isAlive.value === true;
    untracked(() => change(isAlive));
  });
  return () => {
    stop();
    change(false);
    asking.dispose();
    life.end();
  };
}

function traceOf(output: unknown): string {
  const { trace } = (typeof output === "object" && output !== null ? output : {}) as Readonly<Record<string, unknown>>;
  return typeof trace === "string" ? trace : "";
}

async function bytesOf(output: unknown): Promise<Uint8Array> {
  const { version, packed } = (typeof output === "object" && output !== null ? output : {}) as Readonly<Record<string, unknown>>;
  if (version !== VERSION) {
    throw new Error(`The output is of version ${String(version)}; this viewer reads version ${VERSION}. Run the cell again.`);
  }
  if (typeof packed !== "string") throw new Error("The output holds no document. Run the cell again.");
  try {
    return fromBase64(packed);
  } catch {
    throw new Error("The output's document is damaged: it is not base64. Run the cell again.");
  }
}

/** A viewer's place in its tab: words until there is a document, then the viewer, whichever document comes. */

import { type Signal, signal, untracked } from "@preact/signals-core";
import type { Asking } from "../../view/asking";
import { type Mounted, mount } from "../../view/mount";
import type { Note, Store } from "../../view/types";
import { goingFrom } from "../going";
import { themeOf } from "../theme";

export interface Document {
  readonly bytes: Uint8Array;
  readonly added: readonly Uint8Array[];
  readonly asking: Asking;
  /** The id of the kernel that it is from. */
  readonly kernel: string;
}

export interface Drawn {
  /** Above the panes. */
  readonly note: Signal<Note | null>;
  /** In place of the viewer, as long as there is none. */
  say(words: string): void;
  draw(document: Document): void;
  add(runs: readonly Uint8Array[]): void;
  /** To a finding, as soon as a document has it. */
  goTo(finding: string): void;
  end(): void;
}

export function drawnIn(node: HTMLElement, first: string): Drawn {
  const [place, words] = [document.createElement("div"), document.createElement("p")];
  place.style.height = "100%";
  words.className = "tracelab-note";
  words.setAttribute("role", "status");
  words.textContent = first;
  node.append(words);
  const { theme, end } = themeOf();
  const note = signal<Note | null>(null);
  let viewer: Mounted | undefined;
  let store: Store | undefined;
  let wanted: string | undefined;
  const follow = () => {
    const at = store?.unpacked.shown.findings.findIndex(({ id }) => id === wanted) ?? -1;
    if (at < 0) return;
    store?.goToFinding(at);
    wanted = undefined;
  };
  const ready = (made: Store) => {
    store = made;
    untracked(follow);
    return () => undefined;
  };
  return {
    note,
    say: (text) => {
      words.textContent = text;
    },
    draw: ({ bytes, added, asking, kernel }) => {
      if (viewer) {
        viewer.show(bytes, asking);
        viewer.add(added);
        return;
      }
      node.replaceChildren(place);
      viewer = mount(place, { bytes, added, theme, asking, note, goTo: goingFrom(place, kernel), ready });
    },
    add: (runs) => viewer?.add(runs),
    goTo: (finding) => {
      wanted = finding;
      follow();
    },
    end: () => {
      viewer?.dispose();
      end();
    },
  };
}

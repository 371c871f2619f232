/** The editors of the page, kept in step with what kernels say is frozen. */

import type { EditorView } from "@codemirror/view";
import type { Kernel } from "@jupyterlab/services";
import { talkOf } from "../talk";
import type { Watched } from "../watched";
import type { Gutter } from "./gutter";
import { markedBy } from "./kernels";
import { type FrozenLine, trimmed, versionsOf } from "./matching";
import { kernelsOf, type Open, type Owner, ownersOf } from "./owners";

export interface Editors {
  /** An editor of a model, from now until it ends. */
  add(model: object, view: EditorView): void;
  end(view: EditorView): void;
  /** The frozen lines of a text that is as it was traced; it need not have an editor yet. */
  reader(): (owner: Owner, text: string) => readonly FrozenLine[];
  /** What is open, or its kernel, has changed. */
  look(): void;
}

export function editorsOf(open: Open, gutter: Gutter, wanted: Watched<boolean>): Editors {
  const models = new Map<EditorView, object>();
  const followed = new WeakSet<object>();
  let isAsked = false;
  const follow = (kernel: Kernel.IKernelConnection) => {
    const heard = markedBy(talkOf(kernel), wanted);
    if (!followed.has(heard)) heard.watch(look);
    followed.add(heard);
    return heard.value;
  };
  const versionsFor = (owner: Owner, text: () => string, known: ReadonlySet<string>) => {
    // Two connections to a kernel have one list.
    const heard = new Set((owner.cell === "" ? kernelsOf(open) : owner.kernel ? [owner.kernel] : []).map(follow));
    const some = [...heard].filter(({ marked }) => marked.length > 0);
    return some.length === 0 ? [] : versionsOf(some, { ...owner, text: text() }, known);
  };
  const settle = () => {
    isAsked = false;
    for (const kernel of kernelsOf(open)) follow(kernel);
    const owners = ownersOf(open);
    const known = idsIn(owners.values());
    for (const [view, model] of models) {
      const owner = owners.get(model);
      const versions = owner ? versionsFor(owner, () => view.state.doc.toString(), known) : [];
      gutter.show(view, versions);
    }
  };
  // An editor is made before it is put where it is found.
  const look = () => {
    if (!isAsked) setTimeout(settle);
    isAsked = true;
  };
  return {
    look,
    add: (model, view) => {
      models.set(view, model);
      look();
    },
    end: (view) => void models.delete(view),
    reader: () => {
      const known = idsIn(ownersOf(open).values());
      return (owner, text) => versionsFor(owner, () => text, known).find((version) => version.text === trimmed(text))?.lines ?? [];
    },
  };
}

function idsIn(owners: Iterable<Owner>): ReadonlySet<string> {
  return new Set([...owners].map(({ cell }) => cell));
}

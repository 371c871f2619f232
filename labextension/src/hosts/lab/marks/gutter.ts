/** The marks in an editor: a gutter that is there only where something is to be marked. */

import type { Extension, RangeSet } from "@codemirror/state";
import type { EditorView, GutterMarker } from "@codemirror/view";
import type { Lent } from "../lent";
import type { FrozenLine, Version } from "./matching";
import { type KnowledgeField, knowledgeIn } from "./traced";

/** What an editor shows. */
export interface Gutter {
  /** For each new editor, which is told of until it ends. */
  readonly extension: (told: Told) => Extension;
  show(view: EditorView, versions: readonly Version[]): void;
}

export interface Told {
  begins(view: EditorView): void;
  ends(view: EditorView): void;
}

/** What a person does with a mark. */
export interface Handlers {
  open(line: FrozenLine): void;
  enter(line: FrozenLine, mark: Element): void;
  leave(): void;
}

export function gutterOf(lent: Lent, handlers: Handlers): Gutter {
  const known = knowledgeIn(lent);
  const { field, given } = known;
  const place = new lent.editorState.Compartment();
  const gutter = gutterIn(lent, known, handlers);
  // While somebody types, the text does not move to the left: an empty gutter goes when they have left the editor.
  const settle = (view: EditorView) => {
    const { now, versions } = view.state.field(field);
    const isThere = place.get(view.state) === gutter;
    const wanted = now !== undefined || (isThere && versions.length > 0 && view.hasFocus);
    if (wanted !== isThere) view.dispatch({ effects: place.reconfigure(wanted ? gutter : []) });
  };
  const following = (told: Told) =>
    lent.editorView.ViewPlugin.define((view) => {
      let isOver = false;
      told.begins(view);
      const soon = () => {
        if (!isOver) settle(view);
      };
      return {
        // An editor takes no change while it is told of one.
        update: ({ docChanged, focusChanged, state }) => {
          if ((docChanged || focusChanged) && state.field(field).versions.length > 0) queueMicrotask(soon);
        },
        destroy: () => {
          isOver = true;
          told.ends(view);
        },
      };
    });
  return {
    extension: (told) => [field, place.of([]), following(told)],
    show: (view, versions) => {
      const before = view.state.field(field, false);
      if (!before || (before.versions.length === 0 && versions.length === 0)) return;
      view.dispatch({ effects: given.of(versions) });
      settle(view);
    },
  };
}

function gutterIn({ editorState, editorView }: Lent, { field }: KnowledgeField, handlers: Handlers): Extension {
  const none = editorState.RangeSet.empty as RangeSet<GutterMarker>;
  const lineAt = ({ state }: EditorView, from: number): FrozenLine | undefined => {
    const { number } = state.doc.lineAt(from);
    return state.field(field).now?.lines.filter(({ line, last }) => line <= number && number <= last).at(-1);
  };
  return editorView.gutter({
    class: "tracelab-gutter",
    markers: ({ state }) => state.field(field).now?.markers ?? none,
    domEventHandlers: {
      click: (view, { from }) => {
        const line = lineAt(view, from);
        if (line) handlers.open(line);
        return line !== undefined;
      },
      mouseover: (view, { from }, event) => {
        const mark = (event.target as Element | null)?.closest(".tracelab-mark");
        const line = mark && lineAt(view, from);
        if (mark && line) handlers.enter(line, mark);
        return false;
      },
      mouseout: () => {
        handlers.leave();
        return false;
      },
    },
  });
}

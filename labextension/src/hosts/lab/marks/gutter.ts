/** The marks in an editor: a gutter that is there only where something is to be marked. */

import type { Extension, RangeSet, Text } from "@codemirror/state";
import type { EditorView, GutterMarker } from "@codemirror/view";
import type { Lent } from "../lent";
import type { FrozenLine, Version } from "./matching";
import { markOf } from "./drawn";

/** What an editor shows. */
export interface Gutter {
  /** For each new editor, which is told of until it ends. */
  readonly extension: (told: Told) => Extension;
  show(view: EditorView, versions: readonly Version[]): void;
  /** The frozen lines, where the text is as it was traced. */
  linesIn(view: EditorView): readonly FrozenLine[];
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

interface Traced {
  readonly text: Text;
  readonly lines: readonly FrozenLine[];
  readonly markers: RangeSet<GutterMarker>;
}

interface State {
  readonly versions: readonly Traced[];
  /** The one that the text is, if any. */
  readonly now: Traced | undefined;
}

const NOTHING: State = { versions: [], now: undefined };

export function gutterOf({ editorState, editorView }: Lent, handlers: Handlers): Gutter {
  const { Compartment, RangeSet, RangeSetBuilder, StateEffect, StateField, Text } = editorState;
  const given = StateEffect.define<readonly Version[]>();
  const place = new Compartment();
  const none = RangeSet.empty as RangeSet<GutterMarker>;

  class Drawn extends editorView.GutterMarker {
    constructor(private readonly line: FrozenLine, private readonly isFirst: boolean) {
      super();
    }

    override eq(other: Drawn): boolean {
      return this.line === other.line && this.isFirst === other.isFirst;
    }

    override toDOM(): Node {
      return markOf(this.line.look, this.isFirst);
    }
  }

  const traced = ({ text, lines }: Version): Traced => {
    const made = Text.of(text.split("\n"));
    const builder = new RangeSetBuilder<GutterMarker>();
    for (const [number, line] of byNumber(lines, made.lines)) {
      const { from } = made.line(number);
      builder.add(from, from, new Drawn(line, number === line.line));
    }
    return { text: made, lines, markers: builder.finish() };
  };
  const stateFor = (versions: readonly Traced[], doc: Text): State => ({ versions, now: versions.find(({ text }) => isAsTraced(doc, text)) });
  const field = StateField.define<State>({
    create: () => NOTHING,
    update: (state, transaction) => {
      const effect = transaction.effects.find((one) => one.is(given));
      if (effect) return stateFor((effect.value as readonly Version[]).map(traced), transaction.newDoc);
      return transaction.docChanged && state.versions.length > 0 ? stateFor(state.versions, transaction.newDoc) : state;
    },
  });
  const lineAt = (view: EditorView, from: number): FrozenLine | undefined => {
    const number = view.state.doc.lineAt(from).number;
    return view.state.field(field).now?.lines.filter(({ line, last }) => line <= number && number <= last).at(-1);
  };
  const gutter = editorView.gutter({
    class: "tracelab-gutter",
    markers: (view) => view.state.field(field).now?.markers ?? none,
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
  // While somebody types, the text does not move to the left: an empty gutter goes when they have left the editor.
  const settle = (view: EditorView) => {
    const { now, versions } = view.state.field(field);
    const isThere = hasGutter(view);
    const wanted = now !== undefined || (isThere && versions.length > 0 && view.hasFocus);
    if (wanted !== isThere) view.dispatch({ effects: place.reconfigure(wanted ? gutter : []) });
  };
  const hasGutter = (view: EditorView) => place.get(view.state) === gutter;

  return {
    extension: (told) => [
      field,
      place.of([]),
      editorView.ViewPlugin.define((view) => {
        let isOver = false;
        told.begins(view);
        return {
          update: ({ docChanged, focusChanged, state }) => {
            if ((docChanged || focusChanged) && state.field(field).versions.length > 0) {
              queueMicrotask(() => {
                if (!isOver) settle(view);
              });
            }
          },
          destroy: () => {
            isOver = true;
            told.ends(view);
          },
        };
      }),
    ],
    show: (view, versions) => {
      const before = view.state.field(field, false);
      if (!before || (before.versions.length === 0 && versions.length === 0)) return;
      view.dispatch({ effects: given.of(versions) });
      settle(view);
    },
    linesIn: (view) => view.state.field(field, false)?.now?.lines ?? [],
  };

  /** Cheap where the lengths differ, as after most keys. Breaks at the end are no other text. */
  function isAsTraced(doc: Text, text: Text): boolean {
    if (doc.length < text.length || !doc.slice(0, text.length).eq(text)) return false;
    return doc.length === text.length || /^\n*$/.test(doc.sliceString(text.length));
  }
}

/** Each line with what is drawn at it: its own mark, or that of the nearest statement that it continues. */
function byNumber(lines: readonly FrozenLine[], count: number): readonly (readonly [number, FrozenLine])[] {
  const out = new Map<number, FrozenLine>();
  for (const line of lines) {
    for (let number = line.line; number <= Math.min(line.last, count); number++) out.set(number, line);
  }
  return [...out].sort(([a], [b]) => a - b);
}

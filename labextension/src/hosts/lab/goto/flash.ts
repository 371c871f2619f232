/** A line is shown: in view, with the cursor, and lit for a moment. */

import type { StateEffectType, StateField } from "@codemirror/state";
import type { DecorationSet, EditorView } from "@codemirror/view";
import type { Lent } from "../lent";
import { styled } from "../marks/style";

/** Lines of an editor, from the first to the last, 1-based; `said` is for who cannot see them. */
export type Flash = (view: EditorView, first: number, last: number, said: string) => void;

const FLASH_MS = 1000;
/** What stays in view above and below. */
const MARGIN = 48;

interface Lit {
  readonly field: StateField<DecorationSet>;
  readonly change: StateEffectType<readonly number[]>;
}

export function flashOf({ editorState, editorView }: Lent): Flash {
  const { Decoration, EditorView: View } = editorView;
  const lit = litOf(editorState, editorView);
  styled();
  return (view, first, last, said) => {
    const { doc } = view.state;
    const from = doc.line(clamped(first, doc.lines));
    const to = doc.line(clamped(Math.max(first, last), doc.lines));
    const lines: number[] = [];
    for (let number = from.number; number <= to.number; number++) lines.push(doc.line(number).from);
    // Only editors that are gone to carry the field.
    if (view.state.field(lit.field, false) === undefined) {
      view.dispatch({ effects: editorState.StateEffect.appendConfig.of(lit.field) });
    }
    const at = from.from + (/^\s*/.exec(from.text)?.[0].length ?? 0);
    view.dispatch({
      selection: { anchor: at },
      effects: [View.scrollIntoView(at, { y: "nearest", yMargin: MARGIN }), View.announce.of(said), lit.change.of(lines)],
    });
    view.focus();
    setTimeout(() => {
      if (view.dom.isConnected && view.state.field(lit.field, false) !== Decoration.none) view.dispatch({ effects: lit.change.of([]) });
    }, FLASH_MS);
  };
}

function litOf({ StateEffect, StateField }: Lent["editorState"], { Decoration, EditorView: View }: Lent["editorView"]): Lit {
  const change = StateEffect.define<readonly number[]>();
  const line = Decoration.line({ class: "tracelab-flash" });
  const field = StateField.define<DecorationSet>({
    create: () => Decoration.none,
    update: (lines, transaction) => {
      const effect = transaction.effects.find((one) => one.is(change));
      if (effect) return Decoration.set((effect.value as readonly number[]).map((from) => line.range(from)));
      return lines.map(transaction.changes);
    },
    provide: (own) => View.decorations.from(own),
  });
  return { field, change };
}

function clamped(line: number, lines: number): number {
  return Math.min(Math.max(line, 1), lines);
}

/** What an editor knows of its text: how it was traced, and whether it is still that. */

import type { RangeSet, StateEffectType, StateField, Text } from "@codemirror/state";
import type { GutterMarker } from "@codemirror/view";
import type { Lent } from "../lent";
import { markOf } from "./drawn";
import type { FrozenLine, Version } from "./matching";

interface Traced {
  readonly text: Text;
  readonly lines: readonly FrozenLine[];
  readonly markers: RangeSet<GutterMarker>;
}

export interface Knowledge {
  readonly versions: readonly Traced[];
  /** The one that the text is, if any: with undo it can be one again. */
  readonly now: Traced | undefined;
}

export interface KnowledgeField {
  readonly field: StateField<Knowledge>;
  readonly given: StateEffectType<readonly Version[]>;
}

const NOTHING: Knowledge = { versions: [], now: undefined };

/** Costs nothing in an editor of which nothing is known, and a comparison with each change in the others. */
export function knowledgeIn(lent: Lent): KnowledgeField {
  const { StateEffect, StateField } = lent.editorState;
  const given = StateEffect.define<readonly Version[]>();
  const traced = tracedIn(lent);
  const known = (versions: readonly Traced[], doc: Text): Knowledge => ({ versions, now: versions.find(({ text }) => isAsTraced(doc, text)) });
  const field = StateField.define<Knowledge>({
    create: () => NOTHING,
    update: (before, { effects, docChanged, newDoc }) => {
      const effect = effects.find((one) => one.is(given));
      if (effect) return known((effect.value as readonly Version[]).map(traced), newDoc);
      return docChanged && before.versions.length > 0 ? known(before.versions, newDoc) : before;
    },
  });
  return { field, given };
}

function tracedIn({ editorState, editorView }: Lent): (version: Version) => Traced {
  class Drawn extends editorView.GutterMarker {
    constructor(private readonly line: FrozenLine, private readonly isFirst: boolean) {
      super();
    }

    /** What is drawn stays, as what is said of it is looked up when it is asked for. */
    override eq(other: Drawn): boolean {
      return this.line.look === other.line.look && this.isFirst === other.isFirst;
    }

    override toDOM(): Node {
      return markOf(this.line.look, this.isFirst);
    }
  }
  return ({ text, lines }) => {
    const made = editorState.Text.of(text.split("\n"));
    const builder = new editorState.RangeSetBuilder<GutterMarker>();
    for (const [number, line] of byNumber(lines, made.lines)) {
      const { from } = made.line(number);
      builder.add(from, from, new Drawn(line, number === line.line));
    }
    return { text: made, lines, markers: builder.finish() };
  };
}

/** Cheap where the text is shorter or differs. Breaks at the end are no other text. */
function isAsTraced(doc: Text, text: Text): boolean {
  if (doc.length < text.length || !doc.slice(0, text.length).eq(text)) return false;
  return doc.length === text.length || /^\n*$/.test(doc.sliceString(text.length));
}

/** Each line with what is drawn at it: its own mark, or that of the nearest statement that it continues. */
function byNumber(lines: readonly FrozenLine[], count: number): readonly (readonly [number, FrozenLine])[] {
  const out = new Map<number, FrozenLine>();
  for (const line of lines) {
    for (let number = line.line; number <= Math.min(line.last, count); number++) out.set(number, line);
  }
  return [...out].sort(([a], [b]) => a - b);
}

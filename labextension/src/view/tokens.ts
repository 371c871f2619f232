/** Python's tokens, made into the pieces of a line that are drawn one after the other. */

/** The classes of the kinds of `ShownFile.tokens`; 0 is plain. */
export const KINDS = ["", "keyword", "string", "number", "comment", "defined", "decorator", "builtin"] as const;

export interface Token {
  readonly start: number;
  readonly end: number;
  readonly kind: number;
}

export interface Piece {
  readonly text: string;
  readonly kind: number;
  readonly marked: boolean;
}

/** The tokens of each line, line 1 at place 0. */
export function tokensByLine(flat: readonly number[]): readonly (readonly Token[])[] {
  const lines: Token[][] = [];
  let line = 0;
  let column = 0;
  for (let at = 0; at + 2 < flat.length; at += 3) {
    const [skip, length, kind] = [flat[at]!, flat[at + 1]!, flat[at + 2]!];
    if (skip === -1) {
      line += length;
      column = 0;
      continue;
    }
    const start = column + skip;
    column = start + length;
    while (lines.length <= line) lines.push([]);
    lines[line]!.push({ start, end: column, kind });
  }
  return lines;
}

/** A line cut where a token or the underlined part begins or ends. */
export function pieces(text: string, tokens: readonly Token[], underlined?: readonly [number, number]): readonly Piece[] {
  const [from, to] = underlined ?? [-1, -1];
  const cuts = new Set([0, text.length, from, to]);
  for (const { start, end } of tokens) cuts.add(start).add(end);
  const places = [...cuts].filter((place) => place >= 0 && place <= text.length).sort((a, b) => a - b);
  const out: Piece[] = [];
  let token = 0;
  for (let at = 0; at + 1 < places.length; at++) {
    const [start, end] = [places[at]!, places[at + 1]!];
    while (token < tokens.length && tokens[token]!.end <= start) token++;
    const inside = token < tokens.length && tokens[token]!.start <= start;
    out.push({ text: text.slice(start, end), kind: inside ? tokens[token]!.kind : 0, marked: start >= from && end <= to });
  }
  return out;
}

/** Names, messages and source are anybody's text: what a screen would obey is spelled out, as `renderers/safe.py` does. */

/** Controls, formats (marks of direction, zero widths), lone surrogates, separators of lines and paragraphs. */
const OBEYED = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const IN_SOURCE = /(?!\t)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const IN_BLOCK = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** One line in which nothing acts on the screen: an escape reads `\x1b`. What is too long is cut at its end. */
export function visible(text: string, limit = 2000): string {
  return cut(text, limit).replace(OBEYED, spelled);
}

/** The same for a line of source, which keeps its tabs. */
export function visibleCode(text: string): string {
  return text.replace(IN_SOURCE, spelled);
}

/** The same for a text of several lines. */
export function visibleBlock(text: string, limit = 20_000): string {
  return cut(text.replace(/\r\n?/g, "\n"), limit).replace(IN_BLOCK, spelled);
}

/** A name in two parts: what may give way to an ellipsis, and the end, which says most of a dotted path. */
export function halves(text: string, tail = 12): readonly [string, string] {
  const whole = Array.from(visible(text, 400));
  if (whole.length <= tail * 2) return [whole.join(""), ""];
  return [whole.slice(0, -tail).join(""), whole.slice(-tail).join("")];
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

function spelled(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code === 9) return "\\t";
  if (code === 10) return "\\n";
  if (code === 13) return "\\r";
  const [letter, width] = code < 0x100 ? ["x", 2] as const : code < 0x10000 ? ["u", 4] as const : ["U", 8] as const;
  return `\\${letter}${code.toString(16).padStart(width, "0")}`;
}

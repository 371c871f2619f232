/** Names that fit and do no harm. Names, specs and paths come from a user's file, and may be anything. */

export type Measure = (text: string) => number;

/** No label that is drawn needs more; a name of 100 KB must not cost a second each time it is measured. */
const LONGEST = 160;

/** What would not be seen, or would turn the text around: controls, zero width, marks of direction, half characters. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufff9-\uffff]/gu;

/** A text as one short line of visible characters. */
export function plain(text: string, longest = LONGEST): string {
  const short = text.length > longest * 4 ? text.slice(0, longest * 4) : text;
  const clean = short.replace(/\s+/g, " ").replace(UNSEEN, "").replace(/ {2,}/g, " ").trim();
  return clean.length > longest ? `${clean.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, "")}…` : clean;
}

/** Cuts a text at its end until it fits, and says so by an ellipsis; nothing where not even one character fits. */
export function ellipsis(text: string, width: number, measure: Measure): string {
  if (measure(text) <= width) return text;
  let [low, high] = [0, text.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (measure(cut(text, middle)) <= width) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? "" : cut(text, low);
}

/** Remembers widths: the same few thousand labels are measured again with each layout. */
export function remembered(measure: Measure, limit = 50_000): Measure {
  const widths = new Map<string, number>();
  return (text) => {
    const known = widths.get(text);
    if (known !== undefined) return known;
    const width = measure(text);
    if (widths.size >= limit) widths.clear();
    widths.set(text, width);
    return width;
  };
}

function cut(text: string, length: number): string {
  return `${text
    .slice(0, length)
    .replace(/[\ud800-\udbff]$/, "")
    .trimEnd()}…`;
}

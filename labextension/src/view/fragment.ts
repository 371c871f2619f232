/** What a link remembers, as a short text: `g=1&n=3c&f=D4&r=2&o=1-5.9&q=branch&l=error`. What it does not know it ignores. */

export interface Link {
  readonly graph?: number;
  readonly node?: number;
  readonly scope?: number;
  /** By its id, which outlives a change of order; null where none is in view. */
  readonly finding?: string | null;
  /** By its id; null where none is in view. */
  readonly run?: number | null;
  readonly opened?: "everything" | "nothing" | { readonly scopes: readonly number[]; readonly folds: readonly number[] };
  readonly text?: string;
  readonly looks?: readonly string[];
  readonly rule?: string;
  readonly module?: string;
}

/** A link to thousands of open modules would be too long to send. */
const MOST_OPENED = 2000;
const EVERYTHING = "*";
const NOTHING = "-";

export function written(link: Link): string {
  const { opened } = link;
  const parts: readonly (readonly [string, string | undefined])[] = [
    ["g", link.graph === undefined ? undefined : spelled(link.graph)],
    ["n", link.node === undefined ? undefined : spelled(link.node)],
    ["s", link.scope === undefined ? undefined : spelled(link.scope)],
    ["f", link.finding === null ? "-" : link.finding],
    ["r", link.run === undefined ? undefined : link.run === null ? "-" : spelled(link.run)],
    ["o", openedText(opened)],
    ["x", typeof opened === "object" ? runs(opened.folds) : undefined],
    ["q", link.text],
    ["l", link.looks?.join(".")],
    ["u", link.rule],
    ["m", link.module],
  ];
  return parts.flatMap(([key, value]) => (value ? [`${key}=${encodeURIComponent(value)}`] : [])).join("&");
}

export function read(text: string): Link {
  const parts = new Map<string, string>();
  for (const part of text.replace(/^#/, "").split("&")) {
    const at = part.indexOf("=");
    if (at > 0) parts.set(part.slice(0, at), decoded(part.slice(at + 1)));
  }
  const number = (key: string) => parsed(parts.get(key) ?? "");
  return {
    graph: number("g"),
    node: number("n"),
    scope: number("s"),
    finding: parts.get("f") === "-" ? null : parts.get("f"),
    run: parts.get("r") === "-" ? null : number("r"),
    opened: openedIn(parts.get("o"), parts.get("x")),
    text: parts.get("q"),
    looks: parts.get("l")?.split("."),
    rule: parts.get("u"),
    module: parts.get("m"),
  };
}

function openedText(opened: Link["opened"]): string | undefined {
  if (opened === "everything") return EVERYTHING;
  return opened === "nothing" ? NOTHING : opened && runs(opened.scopes);
}

function openedIn(scopes: string | undefined, folds: string | undefined): Link["opened"] {
  if (scopes === EVERYTHING) return "everything";
  if (scopes === NOTHING) return "nothing";
  return scopes || folds ? { scopes: unrun(scopes), folds: unrun(folds) } : undefined;
}

/** Numbers as runs of neighbours: `1-5.9`. */
function runs(numbers: readonly number[]): string {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b).slice(0, MOST_OPENED);
  const out: string[] = [];
  for (let at = 0; at < sorted.length; ) {
    const first = sorted[at]!;
    let last = first;
    while (sorted[++at] === last + 1) last++;
    out.push(first === last ? spelled(first) : `${spelled(first)}-${spelled(last)}`);
  }
  return out.join(".");
}

function unrun(text = ""): readonly number[] {
  const out: number[] = [];
  for (const part of text.split(".")) {
    const [first, last] = part.split("-").map(parsed);
    if (first === undefined) continue;
    for (let number = first; number <= (last ?? first) && out.length < MOST_OPENED; number++) out.push(number);
  }
  return out;
}

function spelled(number: number): string {
  return number.toString(36);
}

function parsed(text: string): number | undefined {
  return /^[0-9a-z]{1,7}$/.test(text) ? Number.parseInt(text, 36) : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/** Which frozen lines are whose, in plain data: nothing here knows an editor. */

import type { Look, Mark, Marked } from "../../../schema";

/** What is edited: a cell, by its id, or a file, by its path below the server's root. */
export interface Edited {
  readonly cell: string;
  readonly path: string;
  readonly text: string;
}

/** What a kernel says; the same file can be traced in several. */
export interface Heard {
  /** Its id. */
  readonly kernel: string;
  readonly marked: readonly Marked[];
}

export type KernelMark = Mark & { readonly kernel: string };

/** What is said of a line; where several Traces say the same, once, of the one that comes first. */
export interface Said {
  readonly mark: KernelMark;
  readonly count: number;
}

export interface FrozenLine {
  readonly line: number;
  readonly last: number;
  /** The worst. */
  readonly look: Look;
  /** Worst first. */
  readonly said: readonly Said[];
}

/** A text as it was traced, with its lines: an edited cell may be traced again while the first Trace still lives. */
export interface Version {
  readonly text: string;
  readonly lines: readonly FrozenLine[];
}

const ORDER: readonly Look[] = ["error", "warning", "holds", "note"];

/**
 * All that a kernel, or several, know of what is edited.
 *
 * @param known The ids of all cells that there are. A cell that is not among them has another id now, as in notebooks that
 *   store none: then its text tells, as it does where the kernel never learned the id.
 */
export function versionsOf(heard: readonly Heard[], edited: Edited, known: ReadonlySet<string>): readonly Version[] {
  const byText = new Map<string, KernelMark[]>();
  for (const { kernel, marked } of heard) {
    for (const one of marked) {
      if (!isOf(one, edited, known)) continue;
      const text = trimmed(one.text);
      byText.set(text, [...(byText.get(text) ?? []), ...one.marks.map((mark) => ({ ...mark, kernel }))]);
    }
  }
  return [...byText].map(([text, marks]) => ({ text, lines: linesOf(marks) })).filter(({ lines }) => lines.length > 0);
}

function isOf({ filename, cell, is_cell, text }: Marked, edited: Edited, known: ReadonlySet<string>): boolean {
  if (!is_cell) return edited.path !== "" && isBelow(filename, edited.path);
  if (edited.cell === "") return false;
  return cell === edited.cell || (!known.has(cell) && trimmed(text) === trimmed(edited.text));
}

/** Whether a file of the kernel's can be the one at a path of the server's; what is in it tells the rest. */
export function isBelow(filename: string, path: string): boolean {
  const whole = filename.replaceAll("\\", "/");
  return whole === path || whole.endsWith(`/${path}`);
}

export function linesOf(marks: readonly KernelMark[]): readonly FrozenLine[] {
  const byLine = new Map<number, KernelMark[]>();
  for (const mark of marks) byLine.set(mark.line, [...(byLine.get(mark.line) ?? []), mark]);
  return [...byLine].sort(([a], [b]) => a - b).map(([line, there]) => lineOf(line, there));
}

function lineOf(line: number, marks: readonly KernelMark[]): FrozenLine {
  const worst = [...marks].sort((a, b) => ORDER.indexOf(a.look) - ORDER.indexOf(b.look));
  const said = new Map<string, Said>();
  for (const mark of worst) {
    const key = JSON.stringify([mark.look, mark.title, mark.text]);
    const before = said.get(key);
    said.set(key, { mark: before?.mark ?? mark, count: (before?.count ?? 0) + 1 });
  }
  return { line, last: Math.max(line, ...marks.map(({ last }) => last)), look: worst[0]!.look, said: [...said.values()] };
}

/** Python's files end with a line break where the file itself may not, and editors count lines by one kind of break. */
export function trimmed(text: string): string {
  return text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n").replace(/\n+$/, "");
}

/** A place to go to: the one after, or before, where one is, and round. Both are sorted by what is edited, then by line. */
export function stepTo(places: readonly Place[], from: Place, step: 1 | -1): Place | undefined {
  if (step > 0) return places.find((place) => compare(place, from) > 0) ?? places[0];
  return places.filter((place) => compare(place, from) < 0).at(-1) ?? places.at(-1);
}

export interface Place {
  /** Its number in the notebook; 0 in a file. */
  readonly cell: number;
  readonly line: number;
}

function compare(a: Place, b: Place): number {
  return a.cell - b.cell || a.line - b.line;
}

/** Where a line of the traced text is in the text as it is now: the nearest that reads the same, else the same number. */
export function lineNow(traced: string | null, now: string, line: number): number {
  const lines = now.split("\n");
  const wanted = traced === null ? undefined : trimmed(traced).split("\n")[line - 1]?.trim();
  const alike = wanted ? lines.flatMap((text, at) => (text.trim() === wanted ? [at + 1] : [])) : [];
  const [nearest] = alike.sort((a, b) => Math.abs(a - line) - Math.abs(b - line));
  return nearest ?? Math.min(Math.max(line, 1), lines.length);
}

/** All ends of a path, the longest first. */
export function suffixesOf(filename: string): readonly string[] {
  const parts = filename.replaceAll("\\", "/").split("/").filter((part) => part !== "");
  return parts.map((_, at) => parts.slice(at).join("/"));
}

/** Below which paths of the server a file may be, the likeliest first; `~` stands for a home that the page does not know. */
export function pathsOf(filename: string, root: string): readonly string[] {
  const [file, folder] = [filename, root].map((one) => one.replaceAll("\\", "/").replace(/\/+$/, "")) as [string, string];
  if (!folder.startsWith("~")) return file.startsWith(`${folder}/`) ? [file.slice(folder.length + 1)] : [];
  const below = `${folder.slice(1)}/`;
  const paths: string[] = [];
  for (let at = file.indexOf(below, 1); at >= 0; at = file.indexOf(below, at + 1)) paths.push(file.slice(at + below.length));
  return paths;
}

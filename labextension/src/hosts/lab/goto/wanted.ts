/** Where somebody wants to go, as a command's arguments or an event say it: anybody's, so that nothing of it is believed. */

import type { Marked } from "../../../schema";

export interface Wanted {
  readonly filename: string;
  readonly lineno: number;
  readonly last: number;
  /** `In [3]`, `model.py`. */
  readonly title: string;
  /** The file, or the cell, as it was traced; null where that is not known. */
  readonly text: string | null;
  readonly isCell: boolean;
  /** The cell's id; empty where it is not known. */
  readonly cell: string;
  /** The kernel's id; empty where it is not known. */
  readonly kernel: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** `source` is a SourceRange or the viewer's lines; undefined where it names no line. */
export function wantedIn(source: unknown, more: unknown = {}): Wanted | undefined {
  const [{ filename, lineno, end_lineno, text, title, cell: label }, { cell, kernel }] = [fields(source), fields(more)];
  if (typeof filename !== "string" || filename === "" || !isLine(lineno)) return undefined;
  const named = word(label) || word(title) || filename.split(/[\\/]/).at(-1)!;
  return {
    filename,
    lineno,
    last: isLine(end_lineno) ? Math.max(lineno, end_lineno) : lineno,
    title: named,
    text: typeof text === "string" ? text : null,
    isCell: word(label) !== "" || word(cell) !== "" || /^In \[\d+\]$/.test(named) || isCellsFile(filename),
    cell: word(cell),
    kernel: word(kernel),
  };
}

/** With what the kernel knows of the file. */
export function completed(wanted: Wanted, marked: readonly Marked[]): Wanted {
  const traced = marked.find(({ filename }) => filename === wanted.filename);
  if (!traced) return wanted;
  return { ...wanted, isCell: traced.is_cell, cell: wanted.cell || traced.cell, text: wanted.text ?? traced.text };
}

/** As ipykernel and IPython name what they compile. */
function isCellsFile(filename: string): boolean {
  return /[\\/]ipykernel_\d+[\\/][^\\/]+$/.test(filename) || /^<ipython-input-/.test(filename);
}

function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function word(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function isLine(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0;
}

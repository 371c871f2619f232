/** The way from what is shown to the user's own code, where the page has it. */

import type { ShownFile, ShownFinding } from "../../schema";
import type { Screen } from "../screen";
import type { UserLines } from "../types";
import { visible } from "../visible";

/** Nothing where the host has no such place, or the line is not known. */
export function GoToLine({ screen, lines }: { screen: Screen; lines: UserLines | null }) {
  const { goTo } = screen;
  if (!goTo || !lines) return null;
  return (
    <button type="button" class="quiet goto" title={`${visible(lines.title, 80)}, line ${lines.lineno}`} onClick={() => goTo(lines)}>
      Go to line
    </button>
  );
}

export function linesOfFinding({ store }: Screen, { graph, range }: ShownFinding): UserLines | null {
  const columns = store.graphs[graph]?.columns;
  if (!columns || range === 0) return null;
  const { file, first, last } = columns;
  return linesOfFile(store.unpacked.shown.files[file[range]!], first[range]!, last[range]);
}

export function linesOfFile(file: ShownFile | undefined, first: number, last = first): UserLines | null {
  return file ? { filename: file.filename, lineno: first, end_lineno: last, title: file.title, text: file.text } : null;
}

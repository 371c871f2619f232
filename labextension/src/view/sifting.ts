/** Which findings are listed, and under which place. Their order is Python's: worst first. */

import type { ShownFinding } from "../schema";
import type { Filter } from "./types";

export interface Group {
  readonly place: string;
  readonly module: string;
  /** Places in `Shown.findings`. */
  readonly findings: readonly number[];
}

export const EVERYTHING: Filter = { text: "", looks: new Set(), rule: "", module: "" };

export function isFiltered(filter: Filter): boolean {
  return filter.text !== "" || filter.looks.size > 0 || filter.rule !== "" || filter.module !== "";
}

/** The places of the findings that the filter lets through. No look chosen means every look. */
export function sifted(findings: readonly ShownFinding[], filter: Filter): readonly number[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter((word) => word !== "");
  const passes = (finding: ShownFinding) =>
    (filter.looks.size === 0 || filter.looks.has(finding.look)) &&
    (filter.rule === "" || finding.rule === filter.rule) &&
    (filter.module === "" || finding.module === filter.module) &&
    (words.length === 0 || words.every((word) => said(finding).includes(word)));
  return findings.flatMap((finding, place) => (passes(finding) ? [place] : []));
}

/** Findings of one line and module stand together, where the worst of them stands. */
export function grouped(findings: readonly ShownFinding[], places: readonly number[]): readonly Group[] {
  const groups = new Map<string, { place: string; module: string; findings: number[] }>();
  for (const index of places) {
    const { place, module } = findings[index]!;
    const key = `${place}\n${module}`;
    const group = groups.get(key);
    if (group) group.findings.push(index);
    else groups.set(key, { place, module, findings: [index] });
  }
  return [...groups.values()];
}

/** The findings in the order in which they are listed: what `n` and `p` walk through. */
export function listed(findings: readonly ShownFinding[], filter: Filter): readonly number[] {
  return grouped(findings, sifted(findings, filter)).flatMap((group) => group.findings);
}

/** The different values of a field, sorted, without the empty one. */
export function choices(findings: readonly ShownFinding[], field: "rule" | "module"): readonly string[] {
  return [...new Set(findings.map((finding) => finding[field]))].filter((value) => value !== "").sort();
}

function said(finding: ShownFinding): string {
  const { message, rule, place, module, frozen, word } = finding;
  return `${message}\n${rule}\n${place}\n${module}\n${frozen}\n${word}`.toLowerCase();
}

/** What is written on an item and said of it. */

import type { GraphIndex, Scene } from "../../model/types";
import type { ShownFile } from "../../schema";
import { spelled } from "../numbers";
import { plain } from "./labels";
import { FOLD, NODE, OPEN_FOLD, STRETCH, STUB } from "./places";

export interface Words {
  readonly title: string;
  /** The softer line below it; empty where there is none. */
  readonly soft: string;
  /** The same where there is less room. */
  readonly brief?: string;
}

export function wordsOf(graph: GraphIndex, scene: Scene, item: number): Words {
  const { columns } = graph;
  const text = (place: number | undefined) => plain(graph.strings[place ?? 0] ?? "");
  const ref = scene.ref[item]!;
  const kind = scene.kind[item]!;
  if (kind === NODE) return nodeWords(text(columns.label[ref]) || text(columns.target[ref]), text(columns.spec[ref]));
  if (kind === STRETCH) return { title: `⋯ ${spelled(scene.times[item]!)} nodes`, soft: "" };
  if (kind === STUB) return { title: text(columns.name[ref]) || text(columns.label[ref]), soft: "" };
  const title = text(columns.title[ref]) || text(columns.type[ref]) || "module";
  const type = text(columns.type[ref]);
  if (kind === FOLD || kind === OPEN_FOLD) {
    const gap = graph.gap(ref);
    const between = gap === 0 ? "" : `+ ${spelled(gap)} ${gap === 1 ? "node" : "nodes"} each`;
    const parts = [type === title ? "" : type, between].filter((part) => part !== "");
    return { title: `${title} × ${scene.times[item]}`, soft: parts.join(" ") };
  }
  const size = graph.size(ref);
  const count = `${spelled(size)} ${size === 1 ? "node" : "nodes"}`;
  return type === "" || type === title ? { title, soft: count } : { title, soft: `${type} · ${count}`, brief: type };
}

/** An input's label ends with its spec, which has a line of its own here. */
function nodeWords(label: string, spec: string): Words {
  const twice = spec !== "" && label.endsWith(`: ${spec}`);
  return { title: twice ? label.slice(0, -spec.length - 2) : label, soft: spec };
}

/** The lines of the tooltip: name, spec, and where it stands in the source. */
export function saidOf(graph: GraphIndex, scene: Scene, item: number, files: readonly ShownFile[]): string[] {
  const { columns } = graph;
  const ref = scene.ref[item]!;
  const kind = scene.kind[item]!;
  const text = (place: number | undefined) => plain(graph.strings[place ?? 0] ?? "", 240);
  if (kind === STRETCH) return [`${spelled(scene.times[item]!)} nodes in which no difference was seen`, "click to show them"];
  if (kind !== NODE && kind !== STUB) {
    const { title, soft } = wordsOf(graph, scene, item);
    return [title, text(columns.fqn[ref]), soft, placeOf(graph, columns.scope_range[ref] ?? 0, files)].filter(
      (line) => line !== "",
    );
  }
  const name = text(columns.name[ref]);
  const head = [text(columns.label[ref]), name].filter((part) => part !== "").join("  ");
  const uses = kind === STUB ? `used ${scene.times[item]} times; click to see where it is computed` : "";
  const ghost = columns.ghost[ref] ? "not in the program: it only fed a decision" : "";
  const target = text(columns.target[ref]);
  const lines = [head, target === text(columns.label[ref]) ? "" : target, text(columns.spec[ref])];
  return [...lines, ghost, uses, placeOf(graph, columns.range[ref] ?? 0, files)].filter((line) => line !== "");
}

/** `model.py:12`, or nothing. */
function placeOf(graph: GraphIndex, range: number, files: readonly ShownFile[]): string {
  if (range === 0) return "";
  const file = files[graph.columns.file[range] ?? -1];
  return file ? `${plain(file.title)}:${graph.columns.first[range]}` : "";
}

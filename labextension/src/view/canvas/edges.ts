/** The edges, and the ways that are brought out: in and out of the selection, and along the chain of a finding. */

import { addEdge, addHead } from "./curve";
import type { Detail } from "./detail";
import { BASE, type Drawing } from "./drawing";
import type { Emphasis } from "./emphasis";
import type { Palette } from "./palette";
import type { Pen } from "./pen";

/** A path of more edges takes a software renderer longer than as many paths. */
const BATCH = 64;
const HEAD = 6;

export function paintEdges(pen: Pen, drawing: Drawing, edges: Uint32Array, palette: Palette, detail: Detail): void {
  const { scene, base } = drawing;
  const worth = detail.shortest === 0 ? edges : edges.filter((edge) => lengthOf(drawing, edge) >= detail.shortest);
  const ghostly = (edge: number) => base[scene.from[edge]!] === BASE.ghost || base[scene.to[edge]!] === BASE.ghost;
  pen.strokeStyle = palette.edge;
  pen.fillStyle = palette.edge;
  pen.lineWidth = detail.hair;
  pen.globalAlpha = detail.boxes ? 1 : 0.55;
  const lost = detail.boxes ? worth.filter(ghostly) : worth.subarray(0, 0);
  const kept = lost.length === 0 ? worth : worth.filter((edge) => !ghostly(edge));
  strokeEdges(pen, drawing, kept, detail.curves);
  pen.setLineDash([4, 3]);
  strokeEdges(pen, drawing, lost, detail.curves);
  pen.setLineDash([]);
  if (detail.heads) fillHeads(pen, drawing, worth, HEAD);
  pen.globalAlpha = 1;
}

/** The ways into and out of the selection, in front of the other edges. */
export function paintChosenEdges(
  pen: Pen,
  drawing: Drawing,
  emphasis: Emphasis,
  palette: Palette,
  detail: Detail,
): void {
  bold(pen, drawing, emphasis.ways, palette.accent, detail);
}

/** The chain: along its edges where they are drawn, and straight across where they are not. */
export function paintChain(pen: Pen, drawing: Drawing, emphasis: Emphasis, palette: Palette, detail: Detail): void {
  if (emphasis.chain.length === 0) return;
  bold(pen, drawing, emphasis.chainWays, palette.looks[emphasis.chainLook].line, detail);
  pen.setLineDash([2 * detail.hair, 3 * detail.hair]);
  pen.beginPath();
  for (const [from, to] of emphasis.chainGaps) across(pen, drawing, from, to);
  pen.stroke();
  pen.setLineDash([]);
}

function bold(pen: Pen, drawing: Drawing, edges: readonly number[], colour: string, detail: Detail): void {
  pen.strokeStyle = colour;
  pen.fillStyle = colour;
  pen.lineWidth = Math.max(1.8, detail.hair * 1.6);
  strokeEdges(pen, drawing, edges, detail.curves);
  if (detail.heads) fillHeads(pen, drawing, edges, HEAD + 1.5);
}

function across(pen: Pen, drawing: Drawing, from: number, to: number): void {
  const { x, y, w, h } = drawing.scene;
  const [fromX, toX] = [x[from]! + w[from]! / 2, x[to]! + w[to]! / 2];
  const down = y[to]! >= y[from]!;
  pen.moveTo(fromX, down ? y[from]! + h[from]! : y[from]!);
  pen.lineTo(toX, down ? y[to]! : y[to]! + h[to]!);
}

function strokeEdges(pen: Pen, drawing: Drawing, edges: ArrayLike<number>, curved: boolean): void {
  for (let at = 0; at < edges.length; at += BATCH) {
    pen.beginPath();
    const end = Math.min(edges.length, at + BATCH);
    for (let one = at; one < end; one++) addEdge(pen, drawing.scene, edges[one]!, curved);
    pen.stroke();
  }
}

function fillHeads(pen: Pen, drawing: Drawing, edges: ArrayLike<number>, size: number): void {
  for (let at = 0; at < edges.length; at += BATCH) {
    pen.beginPath();
    const end = Math.min(edges.length, at + BATCH);
    for (let one = at; one < end; one++) addHead(pen, drawing.scene, edges[one]!, size);
    pen.fill();
  }
}

/** From end to end, the longer of across and down. */
function lengthOf(drawing: Drawing, edge: number): number {
  const { points, bends } = drawing.scene;
  const [first, last] = [bends[edge]!, bends[edge + 1]! - 1];
  return Math.max(
    Math.abs(points[2 * first]! - points[2 * last]!),
    Math.abs(points[2 * first + 1]! - points[2 * last + 1]!),
  );
}

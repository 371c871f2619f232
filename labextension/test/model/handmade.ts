/** Small graphs written by hand, and what every scene must hold. */

import assert from "node:assert/strict";
import { indexed } from "../../src/model/graph";
import { layOut } from "../../src/model/layout/index";
import { HEADER } from "../../src/model/layout/sizes";
import { about, columnsFrom } from "../../src/model/synthetic";
import type { GraphIndex, Opened, Scene } from "../../src/model/types";

export interface MadeNode {
  readonly op?: number;
  readonly label?: string;
  readonly scope?: number;
  readonly takes?: readonly number[];
  readonly mark?: number;
  readonly form?: string;
}

export interface MadeScope {
  readonly parent?: number;
  readonly title?: string;
  readonly same?: number;
}

/** A graph of these nodes; scope 0 is there already, so the first scope given is number 1. */
export function graphOf(nodes: readonly MadeNode[], inner: readonly MadeScope[] = []): GraphIndex {
  const scopes: readonly MadeScope[] = [{}, ...inner];
  const strings = [""];
  const places = new Map([["", 0]]);
  const text = (one: string) => {
    const place = places.get(one) ?? strings.push(one) - 1;
    places.set(one, place);
    return place;
  };
  const zeros = (count: number) => Array.from({ length: count }, () => 0);
  const start = [0];
  const back = nodes.flatMap((node, at) => {
    start.push(start.at(-1)! + (node.takes?.length ?? 0));
    return (node.takes ?? []).map((maker) => at - maker);
  });
  const columns = columnsFrom({
    op: nodes.map((node) => node.op ?? 2),
    target: nodes.map((node, at) => text(node.label ?? `op${at}`)),
    label: nodes.map((node, at) => text(node.label ?? `op${at}`)),
    form: nodes.map((node) => text(node.form ?? "")),
    name: nodes.map((_, at) => text(`v${at}`)),
    spec: nodes.map(() => text("f32[2]")),
    scope: nodes.map((node) => node.scope ?? 0),
    range: nodes.map(() => 1),
    id: nodes.map((_, at) => at),
    ghost: zeros(nodes.length),
    mark: nodes.map((node) => node.mark ?? 0),
    start,
    back,
    parent: scopes.map((scope) => scope.parent ?? 0),
    title: scopes.map((scope) => text(scope.title ?? "")),
    fqn: scopes.map((scope) => text(scope.title ? `model.${scope.title}` : "")),
    type: scopes.map(() => 0),
    call: zeros(scopes.length),
    scope_range: zeros(scopes.length),
    same: scopes.map((scope) => scope.same ?? 0),
    file: [0, 0],
    first: [0, 12],
    last: [0, 12],
  });
  return indexed(about(nodes.length, scopes.length), columns, strings);
}

/** Each node takes the one before. */
export function chain(length: number): MadeNode[] {
  return Array.from({ length }, (_, at) => ({ takes: at > 0 ? [at - 1] : [] }));
}

export function measure(text: string): number {
  return 6.5 * text.length;
}

export function scene(graph: GraphIndex, opened: Opened = graph.everything()): Scene {
  return layOut(graph, opened, measure);
}

export function itemsOf(found: Scene, kind: number): number[] {
  return Array.from({ length: found.count }, (_, item) => item).filter((item) => found.kind[item] === kind);
}

const NEAR = 0.6;

function rect(found: Scene, item: number) {
  const [x0, y0] = [found.x[item]!, found.y[item]!];
  return { x0, y0, x1: x0 + found.w[item]!, y1: y0 + found.h[item]! };
}

export function checkBoxes(found: Scene): void {
  const held = new Map<number, number[]>();
  for (let item = 0; item < found.count; item++) {
    const parent = found.parent[item]!;
    assert.ok(parent < item, "parents stand before what they hold");
    held.set(parent, [...(held.get(parent) ?? []), item]);
    const own = rect(found, item);
    const around = parent < 0 ? { x0: 0, y0: -HEADER, x1: found.width, y1: found.height } : rect(found, parent);
    const inside = own.x0 >= around.x0 - NEAR && own.x1 <= around.x1 + NEAR && own.y1 <= around.y1 + NEAR;
    assert.ok(inside && own.y0 >= around.y0 + HEADER - NEAR, `item ${item} is inside item ${parent}`);
  }
  for (const siblings of held.values()) checkApart(found, siblings);
}

function checkApart(found: Scene, siblings: number[]): void {
  siblings.sort((one, other) => found.x[one]! - found.x[other]!);
  siblings.forEach((one, at) => {
    const left = rect(found, one);
    for (let k = at + 1; k < siblings.length; k++) {
      const right = rect(found, siblings[k]!);
      if (right.x0 >= left.x1 - NEAR) break;
      assert.ok(right.y0 >= left.y1 - NEAR || left.y0 >= right.y1 - NEAR, `items ${one} and ${siblings[k]} overlap`);
    }
  });
}

/** Edges begin and end on borders and run down; only a change of column goes up, upright, and then to the right. */
export function checkEdges(found: Scene): void {
  assert.equal(found.bends[found.from.length], found.points.length / 2);
  for (let edge = 0; edge < found.from.length; edge++) {
    const [from, to] = [found.from[edge]!, found.to[edge]!];
    const [above, below] = [rect(found, from), rect(found, to)];
    const points = pointsOf(found, edge);
    const [first, last] = [points[0]!, points.at(-1)!];
    const top = found.parent[to] === from ? above.y0 + HEADER : above.y1;
    const bottom = found.parent[from] === to ? below.y1 : below.y0;
    assert.ok(Math.abs(first.y - top) < NEAR && first.x >= above.x0 - NEAR && first.x <= above.x1 + NEAR, `edge ${edge} starts at ${from}`);
    assert.ok(Math.abs(last.y - bottom) < NEAR && last.x >= below.x0 - NEAR && last.x <= below.x1 + NEAR, `edge ${edge} ends at ${to}`);
    points.slice(1).forEach((point, at) => {
      const before = points[at]!;
      if (point.y >= before.y - 0.01) return;
      assert.equal(point.x, before.x, `edge ${edge} goes up only upright`);
      assert.ok(points[at + 2]!.x > point.x, `edge ${edge} goes up only to the next column`);
    });
  }
}

export function pointsOf(found: Scene, edge: number): { x: number; y: number }[] {
  const points = [];
  for (let at = found.bends[edge]!; at < found.bends[edge + 1]!; at++) points.push({ x: found.points[2 * at]!, y: found.points[2 * at + 1]! });
  return points;
}

/** Made-up graphs for tests and measurements: nested modules, repeated layers, skips, hubs, parameters, marks, ghosts. */

import type { ShownGraph } from "../schema";
import type { GraphColumns } from "./types";

export interface Synthetic {
  readonly about: ShownGraph;
  readonly columns: GraphColumns;
  readonly strings: readonly string[];
}

/** How many findings the marks of a graph speak of. */
export const FINDINGS = 7;

const OPS = ["linear", "add", "relu", "matmul", "softmax", "layer_norm", "mul", "transpose", "view", "gelu", "cat", "conv2d"];
const MODULES = ["attention", "mlp", "norm", "block", "encoder", "decoder", "stage", "head"];

/** About `nodes` nodes in all; the same seed gives the same graph. */
export function synthetic(nodes: number, seed: number): Synthetic {
  const random = dice(seed);
  const maker = graphMaker(nodes);
  const inputs = Array.from({ length: Math.min(3, Math.max(0, nodes - 1)) }, (_, k) => maker.node("placeholder", 0, [], `x${k}`));
  const hubs = inputs.slice(1);
  let last = inputs[0] ?? -1;
  while (maker.count() < nodes - 1) last = part(maker, random, 0, 1, last, hubs, nodes - 1);
  if (nodes > 0) maker.node("output", 0, last < 0 ? [] : [last], "output");
  return maker.done();
}

/** Modules of `each` nodes in a row, whose nodes take one to three of the twelve before them, and now and then a hub. */
export function tangled(nodes: number, each: number, seed: number): Synthetic {
  const random = dice(seed);
  const maker = graphMaker(nodes);
  const hub = maker.node("placeholder", 0, [], "x0");
  let last = hub;
  while (maker.count() < nodes - 1) {
    const scope = maker.scope(0, MODULES[maker.count() % MODULES.length]!, 0);
    const own = [last];
    for (let k = 0; k < each && maker.count() < nodes - 1; k++) {
      const takes = Array.from({ length: 1 + Math.floor(random() * 1.7) }, () => own[Math.max(0, own.length - 1 - Math.floor(random() * 12))]!);
      if (random() < 0.08) takes.push(hub);
      last = maker.node(OPS[Math.floor(random() * OPS.length)]!, scope, takes);
      own.push(last);
    }
  }
  maker.node("output", 0, [last], "output");
  return maker.done();
}

type Maker = ReturnType<typeof graphMaker>;

/** One piece of a scope: an operation, a module with pieces of its own, or some alike layers; returns its last node. */
function part(maker: Maker, random: () => number, scope: number, depth: number, input: number, hubs: readonly number[], limit: number): number {
  const roll = random();
  if (depth > 5 || roll < 0.45 || limit - maker.count() < 8) return operation(maker, random, scope, input, hubs);
  if (roll < 0.8 || depth < 2) return moduleOf(maker, random, scope, depth, input, hubs, limit, seedOf(random));
  const layers = 3 + Math.floor(random() * 10);
  const seed = seedOf(random);
  let last = input;
  for (let k = 0; k < layers && maker.count() < limit - 4; k++) last = moduleOf(maker, random, scope, depth, last, hubs, limit, seed);
  return last;
}

/** Modules of one seed are alike. */
function moduleOf(
  maker: Maker,
  outer: () => number,
  parent: number,
  depth: number,
  input: number,
  hubs: readonly number[],
  limit: number,
  seed: number,
): number {
  const random = dice(seed);
  const scope = maker.scope(parent, MODULES[Math.floor(random() * MODULES.length)]!, seed);
  const pieces = 2 + Math.floor(random() * 7);
  let [last, early] = [input, input];
  for (let k = 0; k < pieces && maker.count() < limit; k++) {
    last = part(maker, random, scope, depth + 1, last, hubs, limit);
    if (k === 1) early = last;
  }
  if (random() < 0.5 && maker.count() < limit) last = maker.node("add", scope, [last, early, input]);
  if (outer() < 0.02) maker.mark(last);
  return last;
}

function operation(maker: Maker, random: () => number, scope: number, input: number, hubs: readonly number[]): number {
  const takes = input < 0 ? [] : [input];
  if (random() < 0.06 && hubs.length > 0) takes.push(hubs[Math.floor(random() * hubs.length)]!);
  if (random() < 0.25) takes.push(maker.node("weight", scope, []));
  if (random() < 0.1) {
    const sides = [0, 1, 2].map(() => maker.node(OPS[Math.floor(random() * OPS.length)]!, scope, takes));
    return maker.node("cat", scope, sides);
  }
  const made = maker.node(OPS[Math.floor(random() * OPS.length)]!, scope, takes);
  if (random() < 0.01) maker.mark(maker.node("ghost", scope, [made]));
  return made;
}

function graphMaker(expected: number) {
  const texts = new Map<string, number>([["", 0]]);
  const text = (one: string) => {
    const known = texts.get(one);
    if (known !== undefined) return known;
    texts.set(one, texts.size);
    return texts.size - 1;
  };
  const ofNode = { op: numbers(), target: numbers(), label: numbers(), form: numbers(), name: numbers(), spec: numbers() };
  const alsoOfNode = { scope: numbers(), range: numbers(), id: numbers(), ghost: numbers(), mark: numbers() };
  const ofScope = { parent: [0], title: [0], fqn: [0], type: [0], call: [0], scope_range: [0], same: [0] };
  const [start, back] = [[0], numbers()];
  const ranges = { file: [0, 0], first: [0, Math.min(7, expected)], last: [0, 7] };
  const fqns = [""];
  const node = (what: string, scope: number, takes: readonly number[], name = ""): number => {
    const number = ofNode.op.length;
    ofNode.op.push(what === "placeholder" ? 0 : what === "weight" ? 1 : what === "output" ? 3 : 2);
    ofNode.target.push(text(what === "weight" ? `${fqns[scope]}.weight` : what === "placeholder" ? name : `aten::${what}`));
    ofNode.label.push(text(name || what));
    ofNode.form.push(text(`aten::${what}(${takes.map((_, k) => `$${k}`).join(", ")})`));
    ofNode.name.push(text(name || `v${number}`));
    ofNode.spec.push(text(what === "output" ? "" : "f32[2, 10]"));
    alsoOfNode.scope.push(scope);
    alsoOfNode.range.push(what === "output" ? 0 : 1);
    alsoOfNode.id.push(number);
    alsoOfNode.ghost.push(what === "ghost" ? 1 : 0);
    alsoOfNode.mark.push(0);
    for (const maker of takes) back.push(number - maker);
    start.push(back.length);
    return number;
  };
  const scope = (parent: number, title: string, same: number): number => {
    const number = ofScope.parent.length;
    const fqn = `${fqns[parent] ? `${fqns[parent]}.` : ""}${title}${number}`;
    fqns.push(fqn);
    ofScope.parent.push(parent);
    ofScope.title.push(text(title));
    ofScope.fqn.push(text(fqn));
    ofScope.type.push(text(title[0]!.toUpperCase() + title.slice(1)));
    ofScope.call.push(0);
    ofScope.scope_range.push(1);
    ofScope.same.push(same);
    return number;
  };
  const done = (): Synthetic => ({
    about: about(ofNode.op.length, ofScope.parent.length),
    columns: columnsFrom({ ...ofNode, ...alsoOfNode, start, back, ...ofScope, ...ranges }),
    strings: Array.from(texts.keys()),
  });
  const mark = (one: number) => {
    alsoOfNode.mark[one] = 1 + (one % FINDINGS);
  };
  return { node, scope, mark, done, count: () => ofNode.op.length };
}

/** Columns from plain arrays, as `tracelab.viewer` types them. */
export function columnsFrom(from: Readonly<Record<keyof GraphColumns, readonly number[]>>): GraphColumns {
  const typed = Object.entries(from).map(([name, values]) => [name, name === "op" || name === "ghost" ? Uint8Array.from(values) : Uint32Array.from(values)]);
  return Object.fromEntries(typed) as GraphColumns;
}

export function about(nodes: number, scopes: number): ShownGraph {
  return { method: "forward", complete: true, nodes, scopes, columns: {}, regions: [], inputs: [], outputs: 1 };
}

function numbers(): number[] {
  return [];
}

function seedOf(random: () => number): number {
  return 1 + Math.floor(random() * 1e9);
}

/** Mulberry32. */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Times of the layout with everything open, and the crossings of its scenes beside dagre's by module:
 *
 *     npx esbuild bench/layout.ts --bundle --platform=node --format=esm --outfile=/tmp/layout-bench.mjs
 *     node /tmp/layout-bench.mjs [nodes ...] [--no-dagre]
 */

import { indexed } from "../src/model/graph";
import { gridOf } from "../src/model/grid";
import { layOut } from "../src/model/layout/index";
import { STUB } from "../src/model/layout/visible";
import { type Synthetic, synthetic, tangled } from "../src/model/synthetic";
import { crossings } from "./crossings";
import { byDagre, byDagreWithStubs } from "./dagre";

const REPEATS = 7;
const DAGRE_UP_TO = 12_000;

const words = process.argv.slice(2);
const sizes = words.map(Number).filter((size) => size > 0);
const measure = (text: string) => 6.5 * text.length;

for (const nodes of sizes.length > 0 ? sizes : [1000, 10_000, 100_000]) show(`${nodes} nodes`, synthetic(nodes, 1));
if (sizes.length === 0) {
  show("tangled, 2000 nodes, 60 in each module", tangled(2000, 60, 1));
  show("tangled, 600 nodes in one module", tangled(600, 600, 1));
}

function show(name: string, { about, columns, strings }: Synthetic): void {
  const graph = indexed(about, columns, strings);
  const opened = graph.everything();
  const times = Array.from({ length: REPEATS }, () => timed(() => layOut(graph, opened, measure)));
  const scene = times[0]!.made;
  const ms = times.map((one) => one.ms);
  const grid = timed(() => gridOf(scene)).ms;
  console.log(`${name}: first ${text(ms[0]!)}, best ${text(Math.min(...ms))}, median ${text(median(ms))}; grid ${text(grid)}`);
  const stubs = scene.kind.filter((kind) => kind === STUB).length;
  console.log(`  ${scene.count} items, ${stubs} of them stubs, ${scene.from.length} edges, ${Math.round(scene.width)} x ${Math.round(scene.height)} px`);
  console.log(`  crossings: ours ${crossings(scene)}`);
  if (words.includes("--no-dagre") || about.nodes > DAGRE_UP_TO) return;
  const [plain, stubbed] = [byDagre(graph, opened, measure), byDagreWithStubs(scene)];
  console.log(`  dagre by module, every edge drawn: ${plain.crossings} crossings in ${text(plain.ms)}`);
  console.log(`  dagre by module, with our stubs:   ${stubbed.crossings} crossings in ${text(stubbed.ms)}`);
}

function timed<T>(run: () => T): { ms: number; made: T } {
  const before = performance.now();
  const made = run();
  return { ms: performance.now() - before, made };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

function text(ms: number): string {
  return `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
}

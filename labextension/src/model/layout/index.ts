/**
 * The layout: each open box is a layered drawing of its own, inputs at the top and outputs at the bottom, made from the
 * innermost box outwards and then put in place from the outermost inwards. All of it takes linear time.
 */

import { usersOf } from "../tables";
import type { GraphIndex, Opened, Scene } from "../types";
import { addBends } from "./chains";
import { build } from "./build";
import { type Columns, setColumns } from "./columns";
import { emptyLevel, ENTRY, EXIT, ITEM, type Level, NAMED } from "./level";
import { type Levels, levelsOf } from "./levels";
import { add, addFloat, addFloats, type Floats, floats, type Ints, ints } from "./lists";
import { setOrder } from "./order";
import { setX } from "./place";
import { cutFar } from "./portals";
import { keyOf, type Made, type Recall, recallFor } from "./recall";
import { type Routes, route, setColumnX, spreadEnds } from "./routes";
import { setRows } from "./rows";
import { sceneOf } from "./scene";
import { HEADER, type Measure, PAD, sizesOf, stubWidth } from "./sizes";
import { isOpenKind, type Visible, visibleOf } from "./visible";

/** What the boxes leave behind: places relative to the box around. */
export interface Plan {
  readonly visible: Visible;
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly w: Float64Array;
  readonly h: Float64Array;
  /** Of each port, from the left side of its box. */
  readonly portX: Float64Array;
  readonly stub: { readonly box: Ints; readonly node: Ints; readonly x: Floats; readonly y: Floats; readonly w: Floats; readonly h: Floats };
  readonly edge: { readonly from: Ints; readonly to: Ints; readonly box: Ints };
  readonly routes: Routes;
  width: number;
  height: number;
}

/** Numbers for the points of a link: most are straight. Longer lists grow. */
const POINTS_EACH = 5;

/** Of one box at a time. */
const routes: Routes = { bends: ints(), points: floats() };

export function layOut(graph: GraphIndex, opened: Opened, measure: Measure): Scene {
  const visible = visibleOf(graph, opened);
  const levels = levelsOf(graph, visible);
  const plan = emptyPlan(visible, levels, sizesOf(graph, visible, measure));
  const level = emptyLevel();
  const local = new Int32Array(levels.count + levels.ports);
  const wide = stubWidth(graph, measure);
  const recall = recallFor(graph.columns);
  for (let box = visible.count - 1; box >= -1; box--) {
    if (box >= 0 && !isOpenKind(visible.kind.data[box]!)) continue;
    if (build(level, box, graph, visible, levels, plan, local)) layOutBox(level, box, levels, plan, wide, recall);
  }
  const { start } = usersOf(graph.columns);
  return sceneOf(plan, (node) => start[node + 1]! - start[node]!);
}

function emptyPlan(visible: Visible, levels: Levels, sizes: { w: Float64Array; h: Float64Array }): Plan {
  const links = levels.link.value.length + 256;
  return {
    visible,
    ...sizes,
    x: new Float64Array(visible.count),
    y: new Float64Array(visible.count),
    portX: new Float64Array(levels.ports),
    stub: { box: ints(), node: ints(), x: floats(), y: floats(), w: floats(), h: floats() },
    edge: { from: ints(links), to: ints(links), box: ints(links) },
    routes: { bends: ints(links), points: floats(POINTS_EACH * links) },
    width: 0,
    height: 0,
  };
}

function layOutBox(level: Level, box: number, levels: Levels, plan: Plan, wide: (node: number) => number, recall: Recall): void {
  setRows(level);
  cutFar(level, wide);
  const key = keyOf(level, box < 0 ? -1 : plan.w[box]!, plan.portX, levels.count);
  const known = recall.known(key);
  const made = known ?? arranged(level, box, levels, plan, key.data.slice(0, key.length));
  if (!known) recall.add(made);
  place(level, box, made, plan);
}

/** What is the work of a layout: orders the rows, straightens the lines, finds their ways. */
function arranged(level: Level, box: number, levels: Levels, plan: Plan, key: Float64Array): Made {
  const count = level.count;
  addBends(level);
  setOrder(level);
  attachPorts(level, levels, plan);
  const columns = setColumns(level);
  setX(level);
  const { width, rights } = setColumnX(level, columns);
  spreadEnds(level);
  routes.bends.length = 0;
  routes.points.length = 0;
  const size = moveIn(level, box < 0 ? null : plan.w[box]!, columns, width, rights);
  const y = new Float64Array(count);
  for (let one = 0; one < count; one++) y[one] = level.top.data[level.row.data[one]!]!;
  const [bends, points] = [routes.bends, routes.points];
  return {
    key,
    x: level.x.data.slice(0, count),
    y,
    ...size,
    bends: bends.data.slice(0, bends.length),
    points: points.data.slice(0, points.length),
  };
}

/** Where edges to and from an open box are attached: at the ports that its inside has made already. */
function attachPorts(level: Level, levels: Levels, plan: Plan): void {
  const { stepFrom, stepTo, stepFromPort, stepToPort, stepOut, stepIn, w } = level;
  for (let step = 0; step < stepFrom.length; step++) {
    const out = stepFromPort.data[step]!;
    const into = stepToPort.data[step]!;
    addFloat(stepOut, out < 0 ? 0 : plan.portX[out - levels.count]! - w.data[stepFrom.data[step]!]! / 2);
    addFloat(stepIn, into < 0 ? 0 : plan.portX[into - levels.count]! - w.data[stepTo.data[step]!]! / 2);
  }
}

/** Moves what a box holds inside its borders, and routes the edges there. Gives its size, that of the whole where `least` is null. */
function moveIn(level: Level, least: number | null, columns: Columns, width: number, rights: number[]): { width: number; height: number } {
  const inner = least === null ? 0 : PAD;
  const total = Math.max(width + 2 * inner, least ?? 0);
  const left = (total - width) / 2;
  const above = (least === null ? 0 : HEADER) + (level.entries > 0 ? 0 : inner);
  for (let one = 0; one < level.count; one++) level.x.data[one]! += left;
  for (let row = 0; row < level.rows; row++) level.top.data[row]! += above;
  const shifted = rights.map((right) => right + left);
  const lifted = { ...columns, margin: columns.margin + above };
  route(level, lifted, shifted, routes);
  return { width: total, height: above + columns.height + (level.own > level.drawn ? 0 : inner) };
}

/** Writes down where everything stands in its box. */
function place(level: Level, box: number, made: Made, plan: Plan): void {
  const { kind, ref, w, h, own, drawnFrom, drawnTo } = level;
  // Stubs are the first that come after the box's own vertices.
  const stubs = plan.visible.count + plan.stub.box.length;
  if (box < 0) {
    plan.width = made.width;
    plan.height = made.height;
  } else {
    plan.w[box] = made.width;
    plan.h[box] = made.height;
  }
  for (let one = 0; one < made.x.length; one++) {
    const of = ref.data[one]!;
    const left = made.x[one]! - w.data[one]! / 2;
    const what = kind.data[one]!;
    if (what === ITEM) {
      plan.x[of] = left;
      plan.y[of] = made.y[one]!;
    } else if (what === ENTRY || what === EXIT) plan.portX[of] = made.x[one]!;
    else if (what === NAMED) {
      add(plan.stub.box, box);
      add(plan.stub.node, of);
      addFloat(plan.stub.x, left);
      addFloat(plan.stub.y, made.y[one]!);
      addFloat(plan.stub.w, w.data[one]!);
      addFloat(plan.stub.h, h.data[one]!);
    }
  }
  const itemOf = (one: number) => {
    const what = kind.data[one]!;
    return what === ITEM ? ref.data[one]! : what === NAMED ? stubs + one - own : box;
  };
  for (let edge = 0; edge < drawnFrom.length; edge++) {
    add(plan.edge.from, itemOf(drawnFrom.data[edge]!));
    add(plan.edge.to, itemOf(drawnTo.data[edge]!));
    add(plan.edge.box, box);
  }
  const before = plan.routes.points.length >> 1;
  for (let edge = 0; edge < made.bends.length; edge++) add(plan.routes.bends, before + made.bends[edge]!);
  addFloats(plan.routes.points, made.points);
}

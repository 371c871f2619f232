/** The graph pane: draws the graph of the store, and turns what a hand does on it into the store's actions. */

import { effect } from "@preact/signals-core";
import { layOut } from "../../model/layout";
import type { Opened } from "../../model/types";
import type { GraphPane, Selected, Store } from "../types";
import { boxOf, cameraAfter, changesOf } from "./anchor";
import { outline } from "./boxes";
import { between, type Camera, centred, comfortable, fitted, held, opening, panned, type Rect, toScene, toScreen, zoomedAt } from "./camera";
import { type Drawing, drawingOf } from "./drawing";
import { type Emphasis, emphasisOf } from "./emphasis";
import { asPng, asSvg } from "./export";
import { faces } from "./faces";
import { type Hand, listen } from "./hand";
import { type Hit, hitAt, isFold, isHolder } from "./hit";
import { plain } from "./labels";
import { paintLegend } from "./legend";
import { type Direction, step, topmost } from "./links";
import { minimapIn } from "./minimap";
import { paint } from "./paint";
import { DARK, LIGHT } from "./palette";
import { NODE, STUB } from "./places";
import { sheetOf } from "./sheet";
import { stageIn } from "./stage";
import { tipIn } from "./tip";
import { saidOf } from "./words";

/** What the browser tests ask of the drawing, besides what the panes do. */
export interface DrawnPane extends GraphPane {
  /** Where a node, or the closed box that holds it, is on the screen, from the pane's top left corner. */
  where(node: number): Rect | null;
  whereScope(scope: number): Rect | null;
}

const TRAVEL_MS = 160;
const TIP_MS = 250;

interface Viewing {
  readonly graph: number;
  readonly opened: Opened;
  readonly selected: Selected;
  readonly finding: number | null;
  readonly run: number | null;
  readonly dark: boolean;
  readonly reveal: number;
}

export function graphPane(root: HTMLElement, store: Store): DrawnPane {
  const end = new AbortController();
  const { shown } = store.unpacked;
  const type = faces();
  const widths = (text: string) => Math.max(type.label(text), type.spec(text));
  const cameras = new Map<number, Camera>();
  let viewing: Viewing | null = null;
  let drawing: Drawing | null = null;
  let emphasis: Emphasis | null = null;
  let camera: Camera = { x: 0, y: 0, zoom: 1 };
  let aimed = false;
  let hovered = -1;
  let journey = 0;
  let tipTimer: ReturnType<typeof setTimeout> | undefined;

  const palette = () => (viewing?.dark ? DARK : LIGHT);
  const sheet = sheetOf(
    (pen, rect, zoom) => {
      if (drawing && emphasis) paint(pen, drawing, emphasis, palette(), rect, zoom);
    },
    () => palette().paper,
  );
  const stage = stageIn(root, { frame, resized, idle: () => sheet.widen(stage.pen, camera, stage.scale()) }, end.signal);
  const tip = tipIn(stage.element);
  const minimap = minimapIn(stage.element, (x, y) => {
    const { width, height } = stage.size();
    look({ ...camera, x: x - width / 2 / camera.zoom, y: y - height / 2 / camera.zoom }, true);
  }, end.signal);

  function frame(haste: boolean): boolean {
    if (!drawing || !emphasis) return true;
    const sharp = sheet.show(stage.pen, camera, stage.scale(), haste);
    overlay(drawing, emphasis);
    minimap.show(drawing, emphasis, palette(), camera, stage.size(), stage.scale());
    return sharp;
  }
  function overlay(now: Drawing, brought: Emphasis): void {
    const { pen } = stage;
    const [scale, unit] = [stage.scale(), camera.zoom * stage.scale()];
    if (hovered >= 0 && hovered !== brought.selected) {
      pen.setTransform(unit, 0, 0, unit, -Math.round(camera.x * unit), -Math.round(camera.y * unit));
      pen.beginPath();
      outline(pen, now, hovered, now.base[hovered]!, 1 / camera.zoom);
      pen.strokeStyle = palette().accent;
      pen.lineWidth = 1.25 / camera.zoom;
      pen.stroke();
    }
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    if (brought.heat) paintLegend(pen, 10, stage.size().height - 10, palette(), type);
  }
  /** The first sight of the drawing waits for the pane to have a size. */
  function resized(): void {
    if (!drawing) return;
    if (aimed) camera = held(camera, drawing.scene, stage.size());
    else aim();
    minimap.spoil();
  }
  function aim(): void {
    if (!drawing || stage.size().width === 0) return;
    camera = cameras.get(viewing?.graph ?? 0) ?? opening(drawing.scene, stage.size());
    aimed = true;
    if (emphasis && emphasis.selected >= 0) bring(emphasis.selected, false);
  }

  function sync(next: Viewing): void {
    const last = viewing;
    viewing = next;
    const graph = store.graphs[next.graph];
    if (!graph) return;
    const other = next.graph !== last?.graph;
    const before = other ? null : drawing;
    if (other && last && aimed) cameras.set(last.graph, camera);
    if (other || next.opened !== last?.opened) {
      drawing = drawingOf(layOut(graph, next.opened, widths), graph, shown, type);
      hovered = -1;
      tip.hide();
      if (before && last && aimed) {
        journey++;
        const selected = (now: Drawing) => now.places.ofSelected(last.selected);
        camera = cameraAfter(before, drawing, changesOf(last.opened, next.opened), selected, camera, stage.size());
      }
      name(graph.about.method, graph.nodes, drawing.scene.count);
    }
    if (!drawing) return;
    emphasis = emphasisOf(drawing, store.unpacked, next);
    if (other) aimed = false;
    if (!aimed) aim();
    else if (next.reveal !== last?.reveal && emphasis.selected >= 0) bring(emphasis.selected, drawing === before);
    stage.element.style.background = palette().paper;
    sheet.spoil();
    minimap.spoil();
    stage.draw();
  }
  function name(method: string, nodes: number, boxes: number): void {
    const count = (many: number, of: string) => `${many.toLocaleString("en")} ${of}${many === 1 ? "" : of.endsWith("x") ? "es" : "s"}`;
    stage.canvas.setAttribute("aria-label", `Graph of ${plain(method)}: ${count(nodes, "node")}, drawn as ${count(boxes, "box")}`);
  }

  function look(to: Camera, haste = false): void {
    if (!drawing) return;
    camera = held(to, drawing.scene, stage.size());
    stage.draw(haste);
  }
  /** Goes there step by step where motion is welcome, so that one sees where one came from. */
  function travel(to: Camera): void {
    const trip = ++journey;
    if (matchMedia("(prefers-reduced-motion: reduce)").matches || document.hidden) return look(to);
    const [from, start] = [camera, performance.now()];
    const on = () => {
      if (trip !== journey || end.signal.aborted) return;
      const t = Math.min(1, (performance.now() - start) / TRAVEL_MS);
      look(between(from, to, t * (2 - t), stage.size()), t < 1);
      if (t < 1) requestAnimationFrame(on);
    };
    on();
  }
  function bring(item: number, moving: boolean): void {
    if (!drawing) return;
    const box = boxOf(drawing, item);
    if (comfortable(camera, box, stage.size())) return;
    const to = centred(camera, box, stage.size());
    if (moving) travel(to);
    else look(to);
  }
  function zoomAt(x: number, y: number, factor: number): void {
    if (!drawing) return;
    journey++;
    look(zoomedAt(camera, x, y, factor, drawing.scene, stage.size()), true);
  }

  function select(item: number): void {
    if (!drawing) return;
    const ref = drawing.scene.ref[item]!;
    if (drawing.scene.kind[item] === STUB) store.goToNode(ref);
    else store.selected.value = drawing.scene.kind[item] === NODE ? { kind: "node", node: ref } : { kind: "scope", scope: ref };
  }
  function toggle(item: number): void {
    if (!drawing) return;
    if (isFold(drawing, item)) store.toggleFold(drawing.scene.ref[item]!);
    else store.toggleScope(drawing.scene.ref[item]!);
  }
  const under = (x: number, y: number): Hit | null => (drawing ? hitAt(drawing, ...toScene(camera, x, y)) : null);
  const point = (item: number) => {
    if (item === hovered) return;
    hovered = item;
    stage.draw(true);
  };
  const hand: Hand = {
    pan: (dx, dy) => {
      journey++;
      look(panned(camera, dx, dy), true);
    },
    zoom: zoomAt,
    hover: (at) => {
      const hit = at ? under(...at) : null;
      const item = hit && hit.part !== "inside" ? hit.item : -1;
      stage.canvas.style.cursor = item >= 0 ? "pointer" : "";
      clearTimeout(tipTimer);
      if (item !== hovered) tip.hide();
      point(item);
      if (at && item >= 0) tipTimer = setTimeout(() => drawing && tip.show(saidOf(drawing.graph, drawing.scene, item, shown.files), ...at, stage.size(), palette()), TIP_MS);
    },
    click: (x, y) => {
      const hit = under(x, y);
      if (!hit) store.selected.value = { kind: "nothing" };
      else if (hit.part === "sign") toggle(hit.item);
      else select(hit.item);
    },
    open: (x, y) => {
      const hit = under(x, y);
      if (hit && drawing && hit.part === "head" && isHolder(drawing, hit.item)) toggle(hit.item);
    },
  };
  listen(stage.canvas, hand, end.signal);
  const stop = effect(() =>
    sync({
      graph: store.graph.value,
      opened: store.opened.value,
      selected: store.selected.value,
      finding: store.finding.value,
      run: store.run.value,
      dark: store.dark.value,
      reveal: store.reveal.value,
    }),
  );

  function walk(direction: Direction): boolean {
    if (!drawing || !emphasis) return false;
    const { scene, links } = drawing;
    const to = emphasis.selected < 0 ? topmost(scene, -1) : step(scene, links, emphasis.selected, direction);
    if (to < 0) return false;
    select(to);
    if (scene.kind[to] !== STUB) bring(to, true);
    return true;
  }
  function onScreen(item: number): Rect | null {
    if (!drawing || item < 0) return null;
    const box = boxOf(drawing, item);
    const [x, y] = toScreen(camera, box.x, box.y);
    return { x, y, w: box.w * camera.zoom, h: box.h * camera.zoom };
  }
  return {
    fit: () => drawing && travel(fitted(drawing.scene, stage.size())),
    zoomBy: (factor) => zoomAt(stage.size().width / 2, stage.size().height / 2, factor),
    walk,
    svg: () => (drawing && emphasis ? asSvg(drawing, emphasis, palette()) : ""),
    png: () => (drawing && emphasis ? asPng(drawing, emphasis, palette()) : Promise.reject(new Error("there is no drawing"))),
    where: (node) => onScreen(drawing?.places.ofNode(node) ?? -1),
    whereScope: (scope) => onScreen(drawing?.places.ofScope(scope) ?? -1),
    dispose: () => {
      stop();
      clearTimeout(tipTimer);
      end.abort();
      sheet.dispose();
    },
  };
}

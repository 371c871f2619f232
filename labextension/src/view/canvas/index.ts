/** The graph pane: draws the graph of the store, and turns what a hand does on it into the store's actions. */

import { effect } from "@preact/signals-core";
import { layOut } from "../../model/layout";
import type { Opened } from "../../model/types";
import { spelled } from "../numbers";
import type { GraphPane, Selected, Store } from "../types";
import { boxOf, cameraAfter, cameraTurned, changesOf, openingOf } from "./anchor";
import { outline } from "./boxes";
import { type Camera, held, type Rect, seen, toScreen } from "./camera";
import { detailAt } from "./detail";
import { type Drawing, drawingOf } from "./drawing";
import { type Emphasis, emphasisOf } from "./emphasis";
import { asPng, asSvg } from "./export";
import { faces } from "./faces";
import { paintLostCaptions, paintLostTitles } from "./frames";
import { listen } from "./hand";
import { plain } from "./labels";
import { type Direction, step, topmost } from "./links";
import { minimapIn } from "./minimap";
import { paint } from "./paint";
import { DARK, LIGHT } from "./palette";
import { type Pilot, pilotOf } from "./pilot";
import { STUB } from "./places";
import { sheetOf } from "./sheet";
import { type Stage, stageIn } from "./stage";
import { tipIn } from "./tip";
import { handOf, select } from "./touch";

/** What the browser tests ask of the drawing, besides what the panes do. */
export interface DrawnPane extends GraphPane {
  /** Where a node, or the closed box that holds it, is on the screen, from the pane's top left corner. */
  where(node: number): Rect | null;
  whereScope(scope: number): Rect | null;
}

/** What the store says is to be seen. */
interface Viewing {
  readonly graph: number;
  readonly opened: Opened;
  readonly selected: Selected;
  readonly finding: number | null;
  readonly run: number | null;
  readonly dark: boolean;
  readonly reveal: number;
}

/** What there is to draw. */
interface Sight {
  viewing: Viewing | null;
  drawing: Drawing | null;
  emphasis: Emphasis | null;
  /** The item under the pointer, -1 for none. */
  hovered: number;
}

export function graphPane(root: HTMLElement, store: Store): DrawnPane {
  const end = new AbortController();
  const sight: Sight = { viewing: null, drawing: null, emphasis: null, hovered: -1 };
  const palette = () => (sight.viewing?.dark ? DARK : LIGHT);
  const sheet = sheetOf(
    (pen, rect, zoom) => {
      if (sight.drawing && sight.emphasis) paint(pen, sight.drawing, sight.emphasis, palette(), rect, zoom);
    },
    () => palette().paper,
  );
  const frame = (haste: boolean): boolean => {
    const { drawing, emphasis } = sight;
    if (!drawing || !emphasis) return true;
    const sharp = sheet.show(stage.pen, pilot.camera(), stage.scale(), haste);
    paintOver(stage, pilot.camera(), sight);
    minimap.show(drawing, emphasis, palette(), pilot.camera(), stage.size(), stage.scale());
    return sharp;
  };
  const resized = () => {
    minimap.spoil();
    follow.resized();
  };
  const idle = () => sheet.widen(stage.pen, pilot.camera(), stage.scale());
  const stage: Stage = stageIn(root, { frame, resized, idle }, end.signal);
  const pilot = pilotOf(stage.size, () => sight.drawing?.scene ?? { width: 0, height: 0 }, stage.draw, end.signal);
  const minimap = minimapIn(stage.element, pilot.aim, end.signal);
  const tip = tipIn(stage.element);
  const follow = follower(store, stage, pilot, sight, () => {
    stage.element.style.background = palette().paper;
    tip.hide();
    sheet.spoil();
    minimap.spoil();
    stage.draw();
  });
  const point = (item: number) => {
    stage.canvas.style.cursor = item >= 0 ? "pointer" : "";
    if (item === sight.hovered) return;
    sight.hovered = item;
    stage.draw(true);
  };
  listen(
    stage.canvas,
    handOf(store, pilot, tip, { drawing: () => sight.drawing, palette, view: stage.size, point }),
    end.signal,
  );
  const stop = effect(() => follow.sync(viewingOf(store)));
  return {
    ...outlook(store, stage, pilot, sight),
    svg: () => (sight.drawing && sight.emphasis ? asSvg(sight.drawing, sight.emphasis, palette()) : ""),
    png: () => {
      if (!sight.drawing || !sight.emphasis) return Promise.reject(new Error("there is no drawing"));
      return asPng(sight.drawing, sight.emphasis, palette());
    },
    dispose: () => {
      stop();
      end.abort();
      sheet.dispose();
    },
  };
}

/** Reads every signal that the drawing depends on. */
function viewingOf(store: Store): Viewing {
  return {
    graph: store.graph.value,
    opened: store.opened.value,
    selected: store.selected.value,
    finding: store.finding.value,
    run: store.run.value,
    dark: store.dark.value,
    reveal: store.reveal.value,
  };
}

/** Keeps the drawing as the store wants it, and the camera on what it was on. */
function follower(store: Store, stage: Stage, pilot: Pilot, sight: Sight, changed: () => void) {
  const type = faces();
  const widths = (text: string) => Math.max(type.label(text), type.spec(text));
  const cameras = new Map<number, Camera>();
  /** Whether the camera has seen this graph: it waits for the pane to have a size. */
  let aimed = false;

  const bring = (moving: boolean) => {
    const { drawing, emphasis } = sight;
    if (stage.size().width === 0) aimed = false;
    if (!aimed) return;
    if (drawing && emphasis && emphasis.selected >= 0) pilot.bring(boxOf(drawing, emphasis.selected), moving);
  };
  const aim = () => {
    if (!sight.drawing || stage.size().width === 0) return;
    pilot.set(cameras.get(sight.viewing?.graph ?? 0) ?? openingOf(sight.drawing, stage.size()));
    aimed = true;
    bring(false);
  };
  const sync = (next: Viewing) => {
    const { viewing: last, drawing: before } = sight;
    const graph = store.graphs[next.graph];
    sight.viewing = next;
    if (!graph) return;
    const other = next.graph !== last?.graph;
    if (other && last && aimed) cameras.set(last.graph, pilot.camera());
    const changes = last && !other ? changesOf(last.opened, next.opened) : [];
    const anew = other || changes.length > 0 || next.opened.alone !== last?.opened.alone;
    if (anew) {
      sight.drawing = drawingOf(layOut(graph, next.opened, widths), graph, store.unpacked.shown, type);
      sight.hovered = -1;
      stage.canvas.setAttribute("aria-label", nameOf(sight.drawing));
    }
    const { drawing } = sight;
    if (!drawing) return;
    sight.emphasis = emphasisOf(drawing, store.unpacked, next);
    if (anew && !other && stage.size().width === 0) {
      // What changes out of sight is looked at anew.
      cameras.delete(next.graph);
      aimed = false;
    }
    if (before && last && aimed && anew && !other) {
      const selected = (of: Drawing) => of.places.ofSelected(last.selected);
      const turned = (last.opened.alone === undefined) !== (next.opened.alone === undefined);
      if (turned) pilot.set(cameraTurned(before, drawing, selected, pilot.camera(), stage.size()));
      else pilot.set(cameraAfter(before, drawing, changes, selected, pilot.camera(), stage.size()));
    }
    if (other) aimed = false;
    changed();
    if (!aimed) aim();
    else if (next.reveal !== last?.reveal) bring(drawing === before);
  };
  const resized = () => {
    if (!aimed) aim();
    else if (sight.drawing) pilot.set(held(pilot.camera(), sight.drawing.scene, stage.size()));
  };
  return { sync, resized };
}

function nameOf({ graph, scene }: Drawing): string {
  const [nodes, boxes] = [spelled(graph.nodes), spelled(scene.count)];
  return `Graph of ${plain(graph.about.method)}: ${nodes} ${graph.nodes === 1 ? "node" : "nodes"}, drawn as ${boxes} ${scene.count === 1 ? "box" : "boxes"}`;
}

/** What lies over the bitmap and moves by itself. */
function paintOver({ pen, size, scale }: Stage, camera: Camera, sight: Sight): void {
  const { drawing, emphasis, hovered } = sight;
  if (!drawing || !emphasis) return;
  const colours = sight.viewing?.dark ? DARK : LIGHT;
  const unit = camera.zoom * scale();
  if (hovered >= 0 && hovered !== emphasis.selected) {
    pen.setTransform(unit, 0, 0, unit, -Math.round(camera.x * unit), -Math.round(camera.y * unit));
    pen.beginPath();
    outline(pen, drawing, hovered, drawing.base[hovered]!, 1 / camera.zoom);
    pen.strokeStyle = colours.accent;
    pen.lineWidth = 1.25 / camera.zoom;
    pen.stroke();
  }
  pen.setTransform(unit, 0, 0, unit, -Math.round(camera.x * unit), -Math.round(camera.y * unit));
  if (detailAt(camera.zoom).labels) paintLostTitles(pen, drawing, colours, seen(camera, size()), camera.zoom);
  paintLostCaptions(pen, drawing, emphasis, colours, seen(camera, size()), camera.zoom);
}

/** Moving over the drawing, and where things are on the screen. */
function outlook(
  store: Store,
  stage: Stage,
  pilot: Pilot,
  sight: Sight,
): Pick<DrawnPane, "fit" | "zoomBy" | "walk" | "where" | "whereScope"> {
  const walk = (direction: Direction): boolean => {
    const { drawing, emphasis } = sight;
    if (!drawing || !emphasis) return false;
    const { scene, links } = drawing;
    const to = emphasis.selected < 0 ? topmost(scene, -1) : step(scene, links, emphasis.selected, direction);
    if (to < 0) return false;
    select(store, drawing, to);
    if (scene.kind[to] !== STUB) pilot.bring(boxOf(drawing, to), true);
    return true;
  };
  const onScreen = (item: number): Rect | null => {
    if (!sight.drawing || item < 0) return null;
    const [box, camera] = [boxOf(sight.drawing, item), pilot.camera()];
    const [x, y] = toScreen(camera, box.x, box.y);
    return { x, y, w: box.w * camera.zoom, h: box.h * camera.zoom };
  };
  return {
    fit: pilot.fit,
    zoomBy: (factor) => pilot.zoom(stage.size().width / 2, stage.size().height / 2, factor),
    walk,
    where: (node) => onScreen(sight.drawing?.places.ofNode(node) ?? -1),
    whereScope: (scope) => onScreen(sight.drawing?.places.ofScope(scope) ?? -1),
  };
}

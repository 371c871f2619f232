/** Every colour of the drawing, light and dark: those of tracelab/renderers/style.css, and what follows from them. */

import type { Look } from "../../schema";
import { brightness, evenSteps } from "./colour";

export const HEAT_STEPS = 16;

export interface Palette {
  readonly paper: string;
  readonly ink: string;
  readonly soft: string;
  readonly rule: string;
  readonly box: string;
  readonly module: string;
  /** Open modules, one inside the other, in turn. */
  readonly frames: readonly [string, string];
  readonly frameRule: string;
  readonly edge: string;
  /** What is selected, and the edges in and out of it. */
  readonly accent: string;
  readonly heat: string;
  readonly agrees: string;
  readonly heatSteps: readonly string[];
  readonly looks: Readonly<Record<Look, { readonly line: string; readonly paper: string }>>;
}

export const LIGHT: Palette = {
  paper: "#ffffff",
  ink: "#16181d",
  soft: "#565d6b",
  rule: "#c3c8d1",
  box: "#ffffff",
  module: "#e3e6ec",
  frames: ["#f5f6f8", "#ffffff"],
  frameRule: "#d5d9e0",
  edge: "#8a92a0",
  accent: "#1f5fa8",
  heat: "#7a2fb5",
  agrees: "#e4eff1",
  heatSteps: evenSteps("#f0e4fa", "#7a2fb5", HEAT_STEPS),
  looks: {
    error: { line: "#b42318", paper: "#fde2e1" },
    warning: { line: "#8a4b00", paper: "#fdeccb" },
    holds: { line: "#1a7340", paper: "#dcf3e4" },
    note: { line: "#1f5fa8", paper: "#dcebfb" },
  },
};

export const DARK: Palette = {
  paper: "#14161b",
  ink: "#e7e9ee",
  soft: "#a3abb9",
  rule: "#4a5261",
  box: "#262a33",
  module: "#3a4150",
  frames: ["#1c1f26", "#14161b"],
  frameRule: "#363c48",
  edge: "#6f7888",
  accent: "#8dbdf5",
  heat: "#cf9eee",
  agrees: "#24343a",
  heatSteps: evenSteps("#37294a", "#cf9eee", HEAT_STEPS),
  looks: {
    error: { line: "#ff9d94", paper: "#4a1d1b" },
    warning: { line: "#f5bd5c", paper: "#43300d" },
    holds: { line: "#7fd6a0", paper: "#143824" },
    note: { line: "#8dbdf5", paper: "#17304d" },
  },
};

/** Looks by the number that the drawing keeps of them; 0 is none. */
export const LOOKS: readonly (Look | null)[] = [null, "note", "holds", "warning", "error"];

/** A node's heat as it is painted: 0 where it was not compared, 1 agrees, 2 and on the steps of the scale. */
export function heatBucket(heat: number): number {
  return heat === 0 ? 1 : 2 + Math.min(HEAT_STEPS - 1, Math.floor(((heat - 1) * HEAT_STEPS) / 255));
}

export function heatFill(palette: Palette, bucket: number): string {
  return bucket === 1 ? palette.agrees : (palette.heatSteps[bucket - 2] ?? palette.heat);
}

/** Black or white, whichever is read on a fill. */
export function inkOn(fill: string): string {
  return brightness(fill) > 0.62 ? LIGHT.ink : "#ffffff";
}

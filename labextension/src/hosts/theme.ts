/** Light or dark, as the page around the viewer is. */

import { type Signal, signal } from "@preact/signals-core";

type Theme = "light" | "dark";

export interface Themed {
  readonly theme: Signal<Theme>;
  /** For when what is asked for has changed. */
  look(): void;
  end(): void;
}

/** What is asked for; else JupyterLab's theme, which it writes at the body; else the system's. */
export function themeOf(asked: () => unknown = () => "auto"): Themed {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const theme = signal<Theme>("light");
  const look = () => {
    const { jpThemeLight } = document.body.dataset;
    const isDark = jpThemeLight === undefined ? system.matches : jpThemeLight === "false";
    const wanted = asked();
    theme.value = wanted === "light" || wanted === "dark" ? wanted : isDark ? "dark" : "light";
  };
  const page = new MutationObserver(look);
  page.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  system.addEventListener("change", look);
  look();
  const end = () => {
    page.disconnect();
    system.removeEventListener("change", look);
  };
  return { theme, look, end };
}

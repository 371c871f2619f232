/** The tooltip: lines of text beside the pointer, never over it. */

import type { Size } from "./camera";
import type { Palette } from "./palette";

export interface Tip {
  show(lines: readonly string[], x: number, y: number, view: Size, palette: Palette): void;
  hide(): void;
}

const GAP = 14;

export function tipIn(root: HTMLElement): Tip {
  const box = document.createElement("div");
  // The same words are in the details pane and in what is read aloud there.
  box.setAttribute("aria-hidden", "true");
  Object.assign(box.style, {
    position: "absolute",
    left: "0",
    top: "0",
    maxWidth: "22rem",
    padding: "5px 8px",
    borderRadius: "4px",
    border: "1px solid",
    font: "12px/1.4 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif",
    pointerEvents: "none",
    overflowWrap: "anywhere",
    unicodeBidi: "isolate",
    zIndex: "2",
    visibility: "hidden",
  });
  root.append(box);
  let said = "";
  const fill = (lines: readonly string[], palette: Palette) => {
    const key = lines.join("\n");
    if (key === said) return;
    said = key;
    box.replaceChildren(
      ...lines.map((line, at) => {
        const row = document.createElement("div");
        row.textContent = line;
        Object.assign(row.style, at === 0 ? { fontWeight: "600" } : { color: palette.soft });
        return row;
      }),
    );
  };
  return {
    show: (lines, x, y, view, palette) => {
      fill(lines, palette);
      Object.assign(box.style, {
        background: palette.paper,
        color: palette.ink,
        borderColor: palette.rule,
        visibility: "visible",
      });
      const left = x + GAP + box.offsetWidth > view.width ? x - GAP - box.offsetWidth : x + GAP;
      const top = y + GAP + box.offsetHeight > view.height ? y - GAP - box.offsetHeight : y + GAP;
      box.style.transform = `translate(${Math.max(4, Math.round(left))}px, ${Math.max(4, Math.round(top))}px)`;
    },
    hide: () => {
      said = "";
      box.style.visibility = "hidden";
    },
  };
}

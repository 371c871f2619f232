/** Out of the viewer: text to the clipboard, pictures to a file. */

import type { Screen } from "./screen";

/** Says whether it went well. The older way comes first: in sandboxed frames the newer one is refused, and not silently. */
export async function copy(screen: Screen, text: string, what: string): Promise<void> {
  const done = await copied(text);
  notify(screen, done ? `Copied ${what}` : "This page may not use the clipboard: select the text and copy it by hand");
}

export async function copied(text: string): Promise<boolean> {
  return byHand(text) || (await written(text));
}

export async function savePicture(screen: Screen, kind: "svg" | "png"): Promise<void> {
  const drawing = screen.drawing.value;
  if (!drawing) return;
  try {
    const blob = kind === "png" ? await drawing.png() : new Blob([drawing.svg()], { type: "image/svg+xml" });
    download(blob, `${fileName(screen.store.unpacked.shown.title)}.${kind}`);
    notify(screen, `Saved the drawing as ${kind.toUpperCase()}`);
  } catch {
    notify(screen, kind === "png" ? "The drawing is too large for a PNG: save it as SVG" : "The drawing could not be saved");
  }
}

export function notify(screen: Screen, text: string): void {
  screen.notice.value = text;
  setTimeout(() => {
    if (screen.notice.value === text) screen.notice.value = "";
  }, 4000);
}

async function written(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function byHand(text: string): boolean {
  const before = focused();
  const field = document.createElement("textarea");
  field.value = text;
  field.style.position = "fixed";
  field.style.opacity = "0";
  document.body.append(field);
  field.select();
  try {
    return document.execCommand("copy");
  } catch {
    return false;
  } finally {
    field.remove();
    before?.focus({ preventScroll: true });
  }
}

/** What has the keyboard, also inside shadow roots. */
function focused(): HTMLElement | null {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element instanceof HTMLElement ? element : null;
}

export function download(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

function fileName(title: string): string {
  return title.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[-.]+|[-.]+$/g, "").slice(0, 80) || "tracelab";
}

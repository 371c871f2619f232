/**
 * The way from a viewer to the line in a notebook's cell, or in an editor, by an event: the widget's module knows nothing
 * of the page that it is in. A page that hears such events says so at its body.
 */

import type { GoTo } from "../view/types";

export const GO_TO = "tracelab-go-to";

/**
 * None where nobody hears.
 *
 * @param kernel Its id; of the notebook around the element, where it is left out.
 */
export function goingFrom(element: HTMLElement, kernel?: string): GoTo | undefined {
  if (!("tracelabGoTo" in document.body.dataset)) return undefined;
  return (lines) => void element.dispatchEvent(new CustomEvent(GO_TO, { bubbles: true, composed: true, detail: { ...lines, kernel } }));
}

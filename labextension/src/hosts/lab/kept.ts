/** The viewers that JupyterLab opens again when its page is loaded anew, as it does with notebooks. */

import type { ILayoutRestorer } from "@jupyterlab/application";
import type { MainAreaWidget } from "@jupyterlab/apputils";
import type { Lent } from "./lent";
import type { Again, Kept } from "./room";

/** @param panes When the notebooks and the consoles are there, in one of which each has its kernel. */
export function keptBy({ apputils }: Lent, restorer: ILayoutRestorer | null, panes: Promise<unknown>[]): Kept {
  const known = new WeakMap<MainAreaWidget, Again>();
  const tracker = new apputils.WidgetTracker<MainAreaWidget>({ namespace: "tracelab-viewer" });
  void restorer?.restore(tracker, {
    command: "tracelab:open-viewer",
    args: (widget) => ({ ...known.get(widget) }),
    name: (widget) => known.get(widget)?.key ?? "",
    when: panes,
  });
  return {
    keep: (widget, again) => {
      known.set(widget, again);
      return tracker.has(widget) ? tracker.save(widget) : tracker.add(widget);
    },
  };
}

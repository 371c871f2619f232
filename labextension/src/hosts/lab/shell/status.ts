/** What TraceLab does at the moment, in the status bar; nothing while it does nothing. */

import type { IStatusBar } from "@jupyterlab/statusbar";
import { type Doing, doings } from "../working";
import type { Shell } from "./shell";

export function showStatus(shell: Shell, bar: IStatusBar): void {
  const { lent, trans, settings } = shell;
  const item = new lent.widgets.Widget();
  const isActive = () => settings.value.statusBar && doings.value.length > 0;
  const look = () => {
    item.node.textContent = said(shell, doings.value);
    if (isActive()) item.show();
    else item.hide();
  };
  item.id = "tracelab-status";
  item.addClass("jp-StatusBar-TextItem");
  item.title.label = trans.__("TraceLab at work");
  item.node.setAttribute("role", "status");
  doings.watch(look);
  settings.watch(look);
  look();
  bar.registerStatusItem("tracelab:status", { item, align: "left", rank: 90, isActive });
}

function said({ trans }: Shell, [first, ...others]: readonly Doing[]): string {
  if (!first) return "";
  const part = first.part === null ? "" : ` ${Math.round(first.part * 100)} %`;
  const more = others.length > 0 ? ` (+${others.length})` : "";
  return trans.__("TraceLab: %1", `${first.text || trans.__("working")}${part}${more}`);
}

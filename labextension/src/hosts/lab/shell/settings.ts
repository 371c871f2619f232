/** The settings of `schema/plugin.json` that the commands follow. */

import type { ISettingRegistry } from "@jupyterlab/settingregistry";
import { type Watched, watched } from "../watched";

export interface Wishes {
  /** Of `%%trace`, for the button. */
  readonly traceOptions: string;
  readonly toolbarButton: boolean;
  readonly statusBar: boolean;
}

export type Settings = Watched<Wishes>;

const DEFAULT: Wishes = { traceOptions: "", toolbarButton: true, statusBar: true };

/** As they are by default, until a server has sent them; and where none does. */
export function settingsOf(registry: ISettingRegistry | null, plugin: string): Settings {
  const wishes = watched(DEFAULT);
  registry?.load(plugin).then(
    (settings) => {
      const look = () => {
        const { traceOptions, toolbarButton, statusBar } = settings.composite;
        wishes.set({
          traceOptions: typeof traceOptions === "string" ? traceOptions : DEFAULT.traceOptions,
          toolbarButton: toolbarButton !== false,
          statusBar: statusBar !== false,
        });
      };
      settings.changed.connect(look);
      look();
    },
    () => {},
  );
  return wishes;
}

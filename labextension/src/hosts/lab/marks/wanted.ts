/** Whether marks are wanted, as the settings say. */

import type { ISettingRegistry } from "@jupyterlab/settingregistry";
import { type Watched, watched } from "../watched";

const PLUGIN = "tracelab:plugin";
const KEY = "marks";

export interface Switch {
  readonly wanted: Watched<boolean>;
  toggle(): Promise<void>;
}

/** Without settings, as where a server does not serve them, marks are wanted until somebody turns them off. */
export function switchOf(registry: ISettingRegistry | null): Switch {
  const wanted = watched(registry === null);
  const loading = registry?.load(PLUGIN).then(
    (settings) => {
      const look = () => wanted.set(settings.get(KEY).composite !== false);
      settings.changed.connect(look);
      look();
      return settings;
    },
    () => void wanted.set(true),
  );
  const toggle = async () => {
    const settings = await loading;
    if (settings) await settings.set(KEY, !wanted.value);
    else wanted.set(!wanted.value);
  };
  return { wanted, toggle };
}

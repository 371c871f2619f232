/** What the panel, the viewers in the main area and their commands have of the page. */

import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { Kernel } from "@jupyterlab/services";
import type { TranslationBundle } from "@jupyterlab/translation";
import type { LabIcon } from "@jupyterlab/ui-components";
import type { Talk } from "./asks";
import type { Following } from "./following";
import type { Lent } from "./lent";
import type { Watched } from "./watched";

export interface Room {
  readonly app: JupyterFrontEnd;
  readonly lent: Lent;
  readonly following: Following;
  /** The line to a kernel. */
  talkOf(kernel: Kernel.IKernelConnection): Talk;
  /** The same, of one that is known by its id. */
  speaker(kernel: string): Talk | undefined;
  readonly trans: TranslationBundle;
  readonly icon: LabIcon | undefined;
  /** Whether the panel is in sight. */
  readonly visible: Watched<boolean>;
  /** Whether viewers have the main area; Notebook 7 keeps that for its one notebook. */
  readonly isLab: boolean;
}

/** A Trace in a kernel, for the commands; what is chosen in the panel, where they name none. */
export interface Named {
  readonly trace?: string;
  /** The kernel's id. */
  readonly kernel?: string;
  readonly finding?: string;
  readonly form?: boolean;
}

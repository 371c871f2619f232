/** What the panel, the viewers in the main area and their commands have of the page. */

import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { MainAreaWidget } from "@jupyterlab/apputils";
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
  readonly kept: Kept;
  /** Whether viewers have the main area; Notebook 7 keeps that for its one notebook. */
  readonly isLab: boolean;
}

/** What a viewer is known again by when the page is loaded anew: its kernel has another connection then. */
export interface Again {
  readonly trace: string;
  /** What the Trace is called. */
  readonly name: string;
  /** Of the notebook, or the console, that has the kernel. */
  readonly path: string;
  /** Of the tab. */
  readonly key: string;
}

export interface Kept {
  /** Opens the viewer again, or, where it is kept already, another Trace in it. */
  keep(widget: MainAreaWidget, again: Again): Promise<void>;
}

/** A Trace in a kernel, for the commands; what is chosen in the panel, where they name none. */
export interface Named extends Partial<Again> {
  /** The kernel's id. */
  readonly kernel?: string;
  readonly finding?: string;
  readonly form?: boolean;
}

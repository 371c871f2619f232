/** What is used of JupyterLab and Lumino, whose own modules the page lends: only types, and few. */

/** The document, as `tracelab/jupyter/bundle.py` writes it into an output. */
export const DOCUMENT = "application/vnd.tracelab+json";
/** Where ipywidgets' live view stands in the same output. */
export const WIDGET = "application/vnd.jupyter.widget-view+json";

export interface Widget {
  readonly node: HTMLElement;
  readonly isAttached: boolean;
  readonly disposed: { connect(slot: () => void): unknown };
  /** Lumino calls it when the node has come into the page, which can be more than once. */
  onAfterAttach: () => void;
  dispose(): void;
  show(): void;
  hide(): void;
}

export interface Panel extends Widget {
  addWidget(widget: Widget): void;
}

export interface MimeModel {
  readonly data: Readonly<Record<string, unknown>>;
}

export interface Renderer extends Widget {
  renderModel(model: MimeModel): Promise<void>;
}

export interface RendererOptions {
  /** Each notebook has its own. */
  readonly resolver: object | null;
}

export interface Registry {
  readonly resolver: object | null;
  readonly mimeTypes: readonly string[];
  createRenderer(mimeType: string): Renderer;
  addFactory(factory: Factory, rank: number): void;
}

export interface Factory {
  /** Whether outputs that nobody trusts may be shown by it too. */
  readonly safe: boolean;
  readonly mimeTypes: readonly string[];
  createRenderer(options: RendererOptions): Renderer;
}

export interface Kernel {
  hasComm(id: string): boolean;
  requestCommInfo(content: { target_name: string }): Promise<{ content: { comms?: Readonly<Record<string, unknown>> } }>;
}

export interface SessionContext {
  readonly ready: Promise<void>;
  readonly session: { readonly kernel: Kernel | null } | null;
}

/** A notebook's panel, or a console's. */
export interface Pane {
  readonly content?: { readonly rendermime?: Registry };
  readonly console?: { readonly rendermime?: Registry };
  readonly sessionContext?: SessionContext;
}

export interface App {
  readonly shell: { widgets(area: "main"): Iterable<Pane> };
}

/** JupyterLab's own modules, of which the page has one each and lends them: a copy would be another class, another token. */

type Module = Readonly<Record<string, unknown>>;
/** By name, then by version, as webpack keeps what is shared. */
export type Scope = Readonly<Record<string, Readonly<Record<string, { get(): (() => Module) | Promise<() => Module> }>>>>;

export interface Lent {
  readonly apputils: typeof import("@jupyterlab/apputils");
  readonly cells: typeof import("@jupyterlab/cells");
  readonly coreutils: typeof import("@lumino/coreutils");
  readonly docregistry: typeof import("@jupyterlab/docregistry");
  readonly notebook: typeof import("@jupyterlab/notebook");
  readonly pages: typeof import("@jupyterlab/coreutils");
  readonly rendermime: typeof import("@jupyterlab/rendermime");
  readonly services: typeof import("@jupyterlab/services");
  readonly settingregistry: typeof import("@jupyterlab/settingregistry");
  readonly translation: typeof import("@jupyterlab/translation");
  readonly ui: typeof import("@jupyterlab/ui-components");
  readonly widgets: typeof import("@lumino/widgets");
  readonly editorState: typeof import("@codemirror/state");
  readonly editorView: typeof import("@codemirror/view");
  readonly codemirror: typeof import("@jupyterlab/codemirror");
  /** What Notebook 7 may do without. */
  readonly application?: typeof import("@jupyterlab/application");
  readonly console?: typeof import("@jupyterlab/console");
  readonly fileeditor?: typeof import("@jupyterlab/fileeditor");
  readonly launcher?: typeof import("@jupyterlab/launcher");
  readonly mainmenu?: typeof import("@jupyterlab/mainmenu");
  readonly statusbar?: typeof import("@jupyterlab/statusbar");
}

const NAMES: Readonly<Record<keyof Lent, string>> = {
  apputils: "@jupyterlab/apputils",
  cells: "@jupyterlab/cells",
  coreutils: "@lumino/coreutils",
  docregistry: "@jupyterlab/docregistry",
  notebook: "@jupyterlab/notebook",
  pages: "@jupyterlab/coreutils",
  rendermime: "@jupyterlab/rendermime",
  services: "@jupyterlab/services",
  settingregistry: "@jupyterlab/settingregistry",
  translation: "@jupyterlab/translation",
  ui: "@jupyterlab/ui-components",
  widgets: "@lumino/widgets",
  editorState: "@codemirror/state",
  editorView: "@codemirror/view",
  codemirror: "@jupyterlab/codemirror",
  application: "@jupyterlab/application",
  console: "@jupyterlab/console",
  fileeditor: "@jupyterlab/fileeditor",
  launcher: "@jupyterlab/launcher",
  mainmenu: "@jupyterlab/mainmenu",
  statusbar: "@jupyterlab/statusbar",
};
const OPTIONAL: ReadonlySet<string> = new Set(["application", "console", "fileeditor", "launcher", "mainmenu", "statusbar"]);

export async function borrowed(scope: Scope): Promise<Lent> {
  const entries = await Promise.all(Object.entries(NAMES).map(async ([key, name]) => [key, await one(scope, key, name)]));
  return Object.fromEntries(entries) as Lent;
}

async function one(scope: Scope, key: string, name: string): Promise<Module | undefined> {
  const [version] = Object.values(scope[name] ?? {});
  if (version !== undefined) return (await version.get())();
  if (OPTIONAL.has(key)) return undefined;
  throw new Error(`tracelab needs ${name}, which this page does not share`);
}

/** `.tracelab` files open in the viewer, without a kernel. */

import type { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from "@jupyterlab/application";
import type { DocumentRegistry, DocumentWidget } from "@jupyterlab/docregistry";
import type { ITranslator, TranslationBundle } from "@jupyterlab/translation";
import { iconOf } from "../icon";
import type { Lent } from "../lent";
import type { Load } from "../plugins";
import { bytesOf } from "./bytes";
import { MODEL, modelFactory } from "./model";
import { type Shelf, viewOf } from "./view";

const TYPE = "tracelab";
/** The factory's name, which a layout that is saved holds. */
const FACTORY = "TraceLab";

type Context = DocumentRegistry.IContext<DocumentRegistry.IModel>;

export function files(lent: Lent, load: Load): JupyterFrontEndPlugin<void> {
  return {
    id: "tracelab:files",
    description: "Opens .tracelab files in the viewer, without a kernel.",
    autoStart: true,
    optional: [lent.translation.ITranslator, ...(lent.application ? [lent.application.ILayoutRestorer] : [])],
    activate: (app: JupyterFrontEnd, translator: ITranslator | null, restorer?: ILayoutRestorer | null) => {
      const words = (translator ?? lent.translation.nullTranslator).load("tracelab");
      addType(lent, app.docRegistry, words);
      const tracker = new lent.apputils.WidgetTracker<DocumentWidget>({ namespace: "tracelab-file" });
      const opened = (widget: DocumentWidget) => {
        widget.context.pathChanged.connect(() => tracker.save(widget));
        tracker.add(widget);
      };
      app.docRegistry.addWidgetFactory(factoryOf(lent, shelfOf(lent, app, load, words), words, opened));
      restorer?.restore(tracker, {
        command: "docmanager:open",
        args: ({ context }) => ({ path: context.path, factory: FACTORY }),
        name: ({ context }) => context.path,
      });
    },
  };
}

function addType(lent: Lent, registry: DocumentRegistry, words: TranslationBundle): void {
  registry.addFileType({
    name: TYPE,
    displayName: words.__("TraceLab capture"),
    extensions: [".tracelab"],
    mimeTypes: ["application/vnd.tracelab+zip"],
    contentType: "file",
    fileFormat: "base64",
    icon: iconOf(lent),
  });
  registry.addModelFactory(modelFactory(lent, () => unsaved(words)));
}

function unsaved(words: TranslationBundle): string {
  return words.__(
    "A capture is not changed here, so there is nothing to save. For a copy, use Download or Duplicate in the file browser.",
  );
}

function refuseToSave(lent: Lent, context: Context, words: TranslationBundle): void {
  const say = () => lent.apputils.Notification.info(unsaved(words), { autoClose: 5000 });
  context.save = async () => void say();
  context.saveAs = async () => {
    say();
    return false;
  };
}

function shelfOf(lent: Lent, app: JupyterFrontEnd, load: Load, words: TranslationBundle): Shelf {
  const { contents, serverSettings } = app.serviceManager;
  return {
    contents,
    load,
    read: (path) => bytesOf(lent, serverSettings, path, words),
    unloaded: words.__("TraceLab's viewer could not be loaded from the server. Is it running? Then reload the page."),
  };
}

function factoryOf(lent: Lent, shelf: Shelf, words: TranslationBundle, opened: (widget: DocumentWidget) => void) {
  class Factory extends lent.docregistry.ABCWidgetFactory<DocumentWidget> {
    protected createNewWidget(context: Context): DocumentWidget {
      const { content, shown } = viewOf(lent, shelf, context);
      const widget = new lent.docregistry.DocumentWidget({ content, context, reveal: shown });
      widget.toolbar.hide(); // there is nothing in it
      widget.title.icon = iconOf(lent);
      refuseToSave(lent, context, words);
      opened(widget);
      return widget;
    }
  }
  const label = words.__("TraceLab");
  return new Factory({ name: FACTORY, label, fileTypes: [TYPE], defaultFor: [TYPE], modelName: MODEL, readOnly: true });
}

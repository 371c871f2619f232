/** Files that are made of a Trace: saved beside the notebook, under a name that is free; a report is downloaded too. */

import { toBase64 } from "../../model/base64";
import { download } from "../../view/save";
import { paneOf } from "./panes";
import { sheetOf } from "./panel/sheet";
import type { Room } from "./room";
import type { Talk } from "./asks";

/** Makes the file, and says in the panel how that ended. */
export async function keep(room: Room, talk: Talk, trace: string, what: "report" | "save"): Promise<void> {
  const { app, trans } = room;
  const title = what === "report" ? trans.__("HTML report") : trans.__("TraceLab file");
  const sheet = sheetOf(talk);
  const { reply, buffers: [bytes] } = await sheet.begin(title, what, { trace });
  if (reply.state !== "done" || !bytes) return;
  if (what === "report") download(new Blob([bytes as BlobPart], { type: "text/html" }), reply.filename);
  const contents = app.serviceManager.contents;
  try {
    const folder = paneOf(app, talk.kernel.id)?.sessionContext.path.replace(/\/?[^/]*$/, "") ?? "";
    const { content } = await contents.get(folder, { type: "directory", content: true });
    const taken = new Set((content as readonly { readonly name: string }[]).map(({ name }) => name));
    const path = `${folder === "" ? "" : `${folder}/`}${freeName(reply.filename, taken)}`;
    const made =
      what === "report"
        ? { type: "file" as const, format: "text" as const, content: new TextDecoder().decode(bytes) }
        : { type: "file" as const, format: "base64" as const, content: toBase64(bytes) };
    await contents.save(path, made);
    sheet.ended.value = { title, text: trans.__("Saved as %1", path), problems: [], path };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const cure = what === "report" ? trans.__("It was downloaded.") : trans.__("Is the folder writable?");
    sheet.ended.value = { title, text: "", problems: [{ what: trans.__("It could not be saved beside the notebook: %1", why), cure, where: "", part: "" }] };
  }
}

export function freeName(name: string, taken: ReadonlySet<string>): string {
  const [, stem = name, end = ""] = /^(.+?)(\.[^.]*)?$/.exec(name) ?? [];
  for (let count = 2; ; count++) {
    if (!taken.has(name)) return name;
    name = `${stem}-${count}${end}`;
  }
}

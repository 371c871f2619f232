/** A file's document, packed by the server, as `tracelab/jupyter/server.py` sends it. */

import type { ServerConnection } from "@jupyterlab/services";
import type { TranslationBundle } from "@jupyterlab/translation";
import { refusal } from "../../../view/refusal";
import type { Lent } from "../lent";

/** Throws what the viewer can show: why not, and what to do. */
export async function bytesOf(
  lent: Lent,
  settings: ServerConnection.ISettings,
  path: string,
  words: TranslationBundle,
): Promise<Uint8Array> {
  const address = `${new URL("tracelab/view", settings.baseUrl).href}?path=${encodeURIComponent(path)}`;
  const answer = await lent.services.ServerConnection.makeRequest(address, { cache: "no-store" }, settings).catch(() => {
    throw refusal(words.__("The server cannot be reached."), words.__("Is it running? Then close the file, and open it again."));
  });
  const isPacked = answer.ok && answer.headers.get("Content-Type") === "application/octet-stream";
  if (isPacked) return new Uint8Array(await answer.arrayBuffer());
  const { what, cure } = await told(answer);
  if (what) throw refusal(what, cure);
  throw refusal(
    words.__("The server has no TraceLab, which reads the file for the page (it answers %1).", answer.status),
    words.__(
      "Install TraceLab in the environment that JupyterLab is started from, and start it again; `jupyter server extension list` names it.",
    ),
  );
}

async function told(answer: Response): Promise<{ what: string; cure: string }> {
  const said: unknown = await answer.json().catch(() => null);
  const { what, cure } = (typeof said === "object" && said !== null ? said : {}) as Readonly<Record<string, unknown>>;
  return { what: typeof what === "string" ? what : "", cure: typeof cure === "string" ? cure : "" };
}

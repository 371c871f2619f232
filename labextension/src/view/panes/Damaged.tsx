/** What stands there instead of a blank page. */

import type { Signal } from "@preact/signals-core";
import { visible } from "../visible";

interface Props {
  why: string;
  /** What to do; where nobody said it, that is guessed. */
  cure: string;
  /** Without one it is as the system is. */
  theme: Signal<"light" | "dark"> | undefined;
}

export function Damaged({ why, cure, theme }: Props) {
  return (
    <div class={`viewer damaged ${theme?.value ?? "unknown"}`} role="alert">
      <h1>This capture cannot be shown</h1>
      {cure ? <p>{visible(sentence(why), 600)}</p> : <p>Its data is damaged, or was made by another version of TraceLab.</p>}
      <p>{cure ? visible(cure, 600) : <code>{visible(why, 400)}</code>}</p>
    </div>
  );
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** What stands there instead of a blank page. */

import { visible } from "../visible";

export function Damaged({ why }: { why: string }) {
  return (
    <div class="viewer damaged" role="alert">
      <h1>This capture cannot be shown</h1>
      <p>Its data is damaged, or was made by another version of TraceLab.</p>
      <p>
        <code>{visible(why, 400)}</code>
      </p>
    </div>
  );
}

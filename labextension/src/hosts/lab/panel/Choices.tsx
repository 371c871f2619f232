/** A list of which one row is chosen: one stop for the tab key, arrows within. */

import type { ComponentChildren } from "preact";

interface ChoicesProps<T> {
  readonly label: string;
  readonly rows: readonly T[];
  readonly current: string;
  readonly choose: (id: string) => void;
  readonly row: (one: T) => ComponentChildren;
  /** What stands below the row that is chosen. */
  readonly below?: (one: T) => ComponentChildren;
}

export function Choices<T extends { readonly id: string }>({ label, rows, current, choose, row, below }: ChoicesProps<T>) {
  const stop = rows.some(({ id }) => id === current) ? current : rows[0]?.id;
  return (
    <ul class="choices" aria-label={label} onKeyDown={walk}>
      {rows.map((one) => (
        <li key={one.id}>
          <button type="button" class="choice" aria-current={one.id === current} tabIndex={one.id === stop ? 0 : -1} onClick={() => choose(one.id)}>
            {row(one)}
          </button>
          {one.id === current && below?.(one)}
        </li>
      ))}
    </ul>
  );
}

const STEPS: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => Math.min(at + 1, count - 1),
  ArrowUp: (at) => Math.max(at - 1, 0),
  Home: () => 0,
  End: (_, count) => count - 1,
};

function walk(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  const step = STEPS[event.key];
  const rows = [...event.currentTarget.querySelectorAll<HTMLButtonElement>(".choice")];
  const at = rows.indexOf(event.target as HTMLButtonElement);
  if (!step || at < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  rows[step(at, rows.length)]?.focus();
}

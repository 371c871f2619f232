/** What lies over the screen: the keys, and what this capture is. The browser's own dialog holds the focus. */

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { KEYS } from "../keys";
import type { Screen } from "../screen";
import { Offered } from "./Change";
import { Facts, Text } from "./Words";

export function Overlays({ screen }: { screen: Screen }) {
  const overlay = screen.overlay.value;
  if (overlay === "help") return <Help screen={screen} />;
  if (overlay === "about") return <About screen={screen} />;
  if (overlay === "repair") return <LargeRepair screen={screen} />;
  return null;
}

function Help({ screen }: { screen: Screen }) {
  return (
    <Dialog screen={screen} title="Keys">
      <dl class="keys">
        {KEYS.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              {keys.split(/ +/).map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}

function About({ screen }: { screen: Screen }) {
  const { title, facts, constraints, stop } = screen.store.unpacked.shown;
  return (
    <Dialog screen={screen} title="About this capture">
      <Facts rows={[["title", title], ...facts]} />
      {stop && (
        <p>
          <Text>{stop}</Text>
        </p>
      )}
      {constraints.length > 0 && (
        <>
          <h3>What the program asks of its inputs</h3>
          <ul>
            {constraints.slice(0, 200).map((constraint, place) => (
              <li key={place}>
                <Text limit={400}>{constraint}</Text>
              </li>
            ))}
          </ul>
        </>
      )}
    </Dialog>
  );
}

/** A diff with room for its lines. */
function LargeRepair({ screen }: { screen: Screen }) {
  const repair = screen.store.unpacked.shown.repairs[screen.large.value];
  if (!repair) return null;
  return (
    <Dialog screen={screen} title="Repair" wide>
      <Offered screen={screen} repair={repair} />
    </Dialog>
  );
}

interface DialogParts {
  readonly screen: Screen;
  readonly title: string;
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}

function Dialog({ screen, title, wide = false, children }: DialogParts) {
  const box = useRef<HTMLDialogElement>(null);
  const close = () => {
    screen.overlay.value = "none";
  };
  useLayoutEffect(() => {
    const dialog = box.current;
    const before = (dialog?.getRootNode() as ShadowRoot | undefined)?.activeElement as HTMLElement | null | undefined;
    dialog?.showModal();
    return () => before?.focus?.();
  }, []);
  const onClick = (event: MouseEvent) => {
    if (event.target === box.current) close();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the sheet closes it, as Esc does
    <dialog ref={box} class={wide ? "wide-sheet" : ""} aria-labelledby="dialog-title" onClose={close} onClick={onClick}>
      <div class="sheet">
        <h2 id="dialog-title">
          {title}
          <button type="button" class="quiet" aria-label="Close" onClick={close}>
            ✕
          </button>
        </h2>
        {children}
      </div>
    </dialog>
  );
}

/** Small words of the screen: a look's shape, a name that may be anything, a row of label and value. */

import type { ComponentChildren } from "preact";
import type { Look } from "../../schema";
import { halves, visible, visibleBlock } from "../visible";
import { copy } from "../save";
import type { Screen } from "../screen";
import { SHAPES } from "../shapes";

export function Shape({ look }: { look: Look }) {
  return (
    <svg class={`shape ${look}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={SHAPES[look]} fill-rule="evenodd" />
    </svg>
  );
}

export function LookWord({ look, word }: { look: Look; word: string }) {
  return (
    <span class={`look ${look}`}>
      <Shape look={look} />
      <span>{word}</span>
    </span>
  );
}

/** A text that may not turn the line around, with what cannot be seen spelled out. */
export function Text({ children, limit = 2000 }: { children: string; limit?: number }) {
  return <bdi>{visible(children, limit)}</bdi>;
}

/** A sentence, in which names stand between backticks. */
export function Sentence({ children, limit = 2000 }: { children: string; limit?: number }) {
  return (
    <bdi>
      {visible(children, limit)
        .split(/`([^`]+)`/)
        .map((part, place) => (place % 2 === 1 ? <code key={place}>{part}</code> : part))}
    </bdi>
  );
}

/** A name that gives way in the middle; the whole is in its tooltip. */
export function Name({ children, class: extra = "" }: { children: string; class?: string }) {
  const [head, tail] = halves(children);
  return (
    <bdi class={`name ${extra}`} title={visible(children)}>
      <span class="head">{head}</span>
      {tail && <span class="tail">{tail}</span>}
    </bdi>
  );
}

export function Facts({ rows }: { rows: readonly (readonly [string, string])[] }) {
  if (rows.length === 0) return null;
  return (
    <dl class="facts">
      {rows.map(([label, value], place) => (
        <div key={place}>
          <dt>{visible(label, 80)}</dt>
          <dd>
            <Text>{value}</Text>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Code to be taken away: it scrolls in its own box. */
export function Snippet({ screen, text, what }: { screen: Screen; text: string; what: string }) {
  if (text === "") return null;
  return (
    <div class="snippet">
      <button type="button" class="quiet" onClick={() => copy(screen, text, what)} aria-label={`Copy ${what}`}>
        Copy
      </button>
      <pre tabIndex={0} data-arrows="own" role="group" aria-label={what}>
        {visibleBlock(text)}
      </pre>
    </div>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}

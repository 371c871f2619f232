/** One offered repair: what it does, by what it is proven, the diff, and the code to write. */

import { useMemo } from "preact/hooks";
import type { LineKind, ShownLine, ShownRepair } from "../../schema";
import { copy } from "../save";
import type { Screen } from "../screen";
import { KINDS, pieces, type Token, tokensByLine } from "../tokens";
import { visibleCode } from "../visible";
import { LookWord, Sentence } from "./Words";

/** Of a longer line the rest is not drawn; it is copied. */
const LONGEST = 1000;
const SIGNS: Readonly<Record<LineKind, string>> = { head: "", hunk: "", added: "+", removed: "-", same: " " };

export function Offered({ screen, repair }: { screen: Screen; repair: ShownRepair }) {
  return (
    <>
      <p class="offered">
        <Sentence limit={400}>{repair.title}</Sentence>
      </p>
      <p>
        <LookWord look="holds" word={repair.proven} />
      </p>
      {repair.lines.length > 0 && <Diff screen={screen} repair={repair} />}
      {repair.code !== "" && <Written screen={screen} repair={repair} />}
    </>
  );
}

function Diff({ screen, repair }: { screen: Screen; repair: ShownRepair }) {
  const { diff, lines, more } = repair;
  const tokens = useMemo(() => tokensByLine(repair.tokens), [repair]);
  return (
    <Takeable screen={screen} text={diff} what="the diff">
      {lines.map((line, at) => (
        <Change key={at} line={line} tokens={tokens[at] ?? []} />
      ))}
      {more > 0 && <span class="change hunk">{more.toLocaleString("en")} more lines: copy the diff to see them</span>}
    </Takeable>
  );
}

function Change({ line: { kind, text }, tokens }: { line: ShownLine; tokens: readonly Token[] }) {
  return (
    <span class={`change ${kind}`}>
      <span class="sign">{SIGNS[kind]}</span>
      <Code text={text} tokens={tokens} />
    </span>
  );
}

/** What is written in place of the call to the tracer. */
function Written({ screen, repair }: { screen: Screen; repair: ShownRepair }) {
  const tokens = useMemo(() => tokensByLine(repair.code_tokens), [repair]);
  return (
    <>
      <p class="soft">In place of the call to the tracer, write:</p>
      <Takeable screen={screen} text={repair.code} what="the code">
        {repair.code.split("\n").map((line, at) => (
          <span key={at} class="change">
            <Code text={line} tokens={tokens[at] ?? []} />
          </span>
        ))}
      </Takeable>
    </>
  );
}

function Takeable({ screen, text, what, children }: { screen: Screen; text: string; what: string; children: preact.ComponentChildren }) {
  return (
    <div class="snippet diff">
      <button type="button" class="quiet" onClick={() => copy(screen, text, what)} aria-label={`Copy ${what}`}>
        Copy
      </button>
      <pre tabIndex={0} data-arrows="own" role="group" aria-label={what}>
        {children}
      </pre>
    </div>
  );
}

function Code({ text, tokens }: { text: string; tokens: readonly Token[] }) {
  return (
    <>
      {pieces(text.slice(0, LONGEST), tokens).map((piece, at) => (
        <span key={at} class={KINDS[piece.kind]}>
          {visibleCode(piece.text)}
        </span>
      ))}
      {text.length > LONGEST && "…"}
      {"\n"}
    </>
  );
}

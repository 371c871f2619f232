/** One finding, whole: what is claimed, why it is frozen, what was tried, and what to write instead. */

import { stepNodes } from "../chain";
import type { ShownFinding } from "../../schema";
import type { Screen } from "../screen";
import { visible } from "../visible";
import { GoToLine, linesOfFinding } from "./GoTo";
import { hasRepair, Repair, RepairTab } from "./Repair";
import { Facts, LookWord, Name, Sentence, Snippet, Text } from "./Words";

export function Detail({ screen, place }: { screen: Screen; place: number }) {
  const { store } = screen;
  const finding = store.unpacked.shown.findings[place];
  if (!finding) return null;
  const told = hasRepair(screen, finding) ? screen.told.value : "finding";
  return (
    <article class={`detail ${finding.look}`} aria-label="The finding" tabIndex={0} data-arrows="own">
      <h2>
        <LookWord look={finding.look} word={finding.word} />
        <code>{visible(finding.rule, 60)}</code>
        <button type="button" class="quiet" aria-label="Close the finding" onClick={() => (store.finding.value = null)}>
          ✕
        </button>
      </h2>
      {hasRepair(screen, finding) && <Parts screen={screen} finding={finding} />}
      {told === "repair" ? <Repair key={place} screen={screen} place={place} /> : <Claim screen={screen} place={place} />}
    </article>
  );
}

/** The finding, or what mends it. */
function Parts({ screen: { told }, finding }: { screen: Screen; finding: ShownFinding }) {
  return (
    <div class="parts" role="group" aria-label="What is told of the finding">
      <button type="button" aria-pressed={told.value === "finding"} onClick={() => (told.value = "finding")}>
        Finding
      </button>
      <button type="button" aria-pressed={told.value === "repair"} onClick={() => (told.value = "repair")}>
        <RepairTab finding={finding} />
      </button>
    </div>
  );
}

function Claim({ screen, place }: { screen: Screen; place: number }) {
  const { store } = screen;
  const finding = store.unpacked.shown.findings[place]!;
  const witness = finding.witness === null ? undefined : store.unpacked.shown.runs[finding.witness];
  const toGraph = () => {
    store.goToFinding(place);
    screen.tab.value = "graph";
  };
  return (
    <>
      <p>
        <Sentence>{finding.message}</Sentence>
      </p>
      {finding.reason && (
        <p class="soft">
          <Sentence>{finding.reason}</Sentence>
        </p>
      )}
      <p class="where">
        <button type="button" class="link" onClick={toGraph}>
          <Text limit={160}>{finding.place || "Show in the graph"}</Text>
        </button>
        <GoToLine screen={screen} lines={linesOfFinding(screen, finding)} />
        {finding.module && <Name class="soft">{finding.module}</Name>}
      </p>
      {finding.frozen && (
        <p>
          <span class="soft">frozen </span>
          <code class={`frozen ${finding.look}`}>
            <Text limit={400}>{finding.frozen}</Text>
          </code>
        </p>
      )}
      <Chain screen={screen} place={place} />
      {witness && (
        <section>
          <h3>Witness</h3>
          <p>
            <button type="button" onClick={() => openRun(screen, finding.witness!)}>
              <LookWord look={witness.look} word={`Run ${witness.id}`} />
            </button>{" "}
            <Text limit={200}>{witness.title}</Text>
          </p>
          <Snippet screen={screen} text={witness.snippet} what="the witness" />
        </section>
      )}
      <Tried screen={screen} place={place} />
      <Facts rows={finding.facts} />
      {finding.help && (
        <details>
          <summary>About this rule</summary>
          {visibleParagraphs(finding.help).map((paragraph, index) => (
            <p key={index} class="help">
              <Sentence>{paragraph}</Sentence>
            </p>
          ))}
        </details>
      )}
    </>
  );
}

/** From an input to the line that made the value a constant; each step that is a node can be gone to. */
function Chain({ screen, place }: { screen: Screen; place: number }) {
  const { store } = screen;
  const finding = store.unpacked.shown.findings[place]!;
  const { chain_text, graph } = finding;
  if (chain_text.length === 0) return null;
  const nodes = stepNodes(finding);
  const goTo = (node: number) => {
    store.goToNode(node, graph);
    screen.tab.value = "graph";
  };
  return (
    <section>
      <h3>Why frozen</h3>
      <ol class="chain">
        {chain_text.map((text, step) => {
          const node = nodes[step] ?? null;
          return (
            <li key={step}>
              {node === null ? (
                <Text limit={400}>{text}</Text>
              ) : (
                <button type="button" class="link" onClick={() => goTo(node)}>
                  <Text limit={400}>{text}</Text>
                </button>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function Tried({ screen, place }: { screen: Screen; place: number }) {
  const { runs, findings } = screen.store.unpacked.shown;
  const { tried, tried_text, witness } = findings[place]!;
  const others = tried.filter((run) => run !== witness && runs[run]);
  if (!tried_text && others.length === 0) return null;
  return (
    <section>
      <h3>Tried</h3>
      {tried_text && (
        <p>
          <Text>{tried_text}</Text>
        </p>
      )}
      {others.length > 0 && (
        <p class="runs">
          {others.slice(0, 24).map((run) => (
            <button type="button" class="quiet" key={run} title={visible(runs[run]!.title)} onClick={() => openRun(screen, run)}>
              <LookWord look={runs[run]!.look} word={`Run ${runs[run]!.id}`} />
            </button>
          ))}
          {others.length > 24 && <span class="soft">and {others.length - 24} more</span>}
        </p>
      )}
    </section>
  );
}

function openRun(screen: Screen, run: number): void {
  screen.store.goToRun(run);
  screen.tab.value = "runs";
}

function visibleParagraphs(text: string): readonly string[] {
  return text.split(/\n\s*\n/).map((paragraph) => visible(paragraph.replace(/\s*\n\s*/g, " "))).filter((paragraph) => paragraph !== "");
}

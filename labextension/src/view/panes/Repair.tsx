/** What mends a finding: the repairs that are offered, and with a kernel behind the page, looking for them and applying. */

import type { ShownFinding } from "../../schema";
import { type Asking, REPAIR_SECONDS } from "../asking";
import { count, type Screen } from "../screen";
import { Offered } from "./Change";
import { Progress, Wrong } from "./Rerun";
import { LookWord, Sentence, Snippet, Text } from "./Words";

/** Whether there is anything to say of repairs: one that is offered, why there is none, or a kernel that can look. */
export function hasRepair({ asking }: Screen, finding: ShownFinding): boolean {
  if (finding.repairs.length > 0 || finding.left) return true;
  return asking !== null && finding.mendable && asking.gone.value === "";
}

export function Repair({ screen, place }: { screen: Screen; place: number }) {
  const { asking } = screen;
  const { findings, repairs } = screen.store.unpacked.shown;
  const finding = findings[place]!;
  return (
    <>
      {finding.repairs.map((at) => (
        <section key={at} class="repair">
          <Offered screen={screen} repair={repairs[at]!} />
          <div class="besides-repair">
            <button type="button" class="link" onClick={() => enlarge(screen, at)}>
              Show large
            </button>
            <AlsoMends screen={screen} place={place} others={repairs[at]!.findings} />
          </div>
        </section>
      ))}
      {finding.left && (
        <section>
          <h3>Not mended</h3>
          <p>
            <Sentence limit={600}>{finding.left}</Sentence>
          </p>
        </section>
      )}
      {asking && <Live screen={screen} asking={asking} finding={finding} />}
    </>
  );
}

function enlarge(screen: Screen, at: number): void {
  screen.large.value = at;
  screen.overlay.value = "repair";
}

/** One change may mend several. */
function AlsoMends({ screen, place, others }: { screen: Screen; place: number; others: readonly number[] }) {
  const { findings } = screen.store.unpacked.shown;
  const also = others.filter((other) => other !== place && findings[other]);
  if (also.length === 0) return null;
  return (
    <span class="also">
      <span class="soft">mends too</span>
      {also.map((other) => (
        <button type="button" class="link" key={other} onClick={() => screen.store.goToFinding(other)}>
          <Text limit={120}>{findings[other]!.place || findings[other]!.rule}</Text>
        </button>
      ))}
    </span>
  );
}

/** What a kernel can do: nothing of the user's is changed by either. */
function Live({ screen, asking, finding }: { screen: Screen; asking: Asking; finding: ShownFinding }) {
  const { repairs } = screen.store.unpacked.shown;
  const mending = asking.mending.value;
  const work = asking.work.value;
  const idle = work === null && asking.gone.value === "";
  const offered = finding.repairs.length > 0;
  return (
    <section class="mending" aria-label="In the kernel">
      <p class="soft">{offered ? appliedSaid(repairs.length) : `Changes are tried for ${REPAIR_SECONDS} s at most, each is proven before it is offered, and no file is written.`}</p>
      <div class="doing">
        {offered ? (
          <button type="button" class="main" disabled={!idle} onClick={() => asking.apply()}>
            {repairs.length > 1 ? `Apply ${count(repairs.length, "repair")}` : "Apply in the kernel"}
          </button>
        ) : (
          <button type="button" class="main" disabled={!idle} onClick={() => asking.repair()}>
            Look for a repair
          </button>
        )}
        {work && (
          <button type="button" onClick={() => asking.cancel()}>
            Cancel
          </button>
        )}
        {work && <Progress work={work} />}
      </div>
      {!work && mending.said && (
        <p role="status">
          <Text limit={300}>{mending.said}</Text>
        </p>
      )}
      {mending.applied && <Snippet screen={screen} text={mending.applied.variable} what="the variable" />}
      {mending.problems.map((problem, at) => (
        <Wrong key={at} problem={problem} />
      ))}
    </section>
  );
}

function appliedSaid(number: number): string {
  const which = number > 1 ? "all of them" : "it";
  return `A variable holds the Trace with ${which} afterwards; the Trace that was wrong stays, and no file is written.`;
}

/** How it stands, in a word, for the tab. */
export function RepairTab({ finding }: { finding: ShownFinding }) {
  return finding.repairs.length > 0 ? <LookWord look="holds" word="Repair" /> : <>Repair</>;
}

/** The findings, worst first, grouped by the line they speak of. */

import { useMemo } from "preact/hooks";
import type { ShownFinding } from "../../schema";
import type { Screen } from "../screen";
import { choices, EVERYTHING, type Group, grouped, isFiltered, sifted } from "../sifting";
import { visible } from "../visible";
import { Detail } from "./Detail";
import { Virtual } from "./Virtual";
import { Empty, LookWord, Name, Sentence, Text } from "./Words";

/** Of a place's heading, and of a finding with and without a last line. */
const HEADING = 28;
const TALL_HEADING = 43;
const ROW = 66;
const SHORT_ROW = 46;
const FOOT = 18;
/** About as many characters of a message as fill one line of the list as it is at first. */
const ONE_LINE = 42;

type Row = { readonly group: Group } | { readonly finding: number };

export function Findings({ screen }: { screen: Screen }) {
  const { store } = screen;
  const { findings } = store.unpacked.shown;
  const filter = store.filter.value;
  const places = useMemo(() => sifted(findings, filter), [findings, filter]);
  const rows = useMemo(() => rowsOf(grouped(findings, places)), [findings, places]);
  const current = store.finding.value;
  const show = useMemo(() => {
    const index = rows.findIndex((row) => "finding" in row && row.finding === current);
    return index < 0 ? null : { index, where: "near" as const };
  }, [rows, current]);
  const height = useMemo(() => (index: number) => heightOf(rows[index]!, findings), [rows, findings]);
  if (findings.length === 0) {
    return <Empty>{visible(store.unpacked.shown.silence)}</Empty>;
  }
  return (
    <>
      {findings.length > 1 && <FilterRow screen={screen} passed={places.length} />}
      {places.length === 0 ? (
        <Empty>
          No finding passes the filter.{" "}
          <button type="button" class="link" onClick={() => (store.filter.value = EVERYTHING)}>
            Show all {findings.length}
          </button>
        </Empty>
      ) : (
        <Virtual
          class="findings"
          count={rows.length}
          height={height}
          show={show}
          list={{ role: "list", "aria-label": "Findings" }}
          row={(index) => <RowOf key={keyOf(rows[index]!)} screen={screen} row={rows[index]!} />}
        />
      )}
      {current !== null && <Detail screen={screen} place={current} />}
    </>
  );
}

function RowOf({ screen, row }: { screen: Screen; row: Row }) {
  if ("group" in row) {
    const { place, module } = row.group;
    return (
      <div class="place" role="presentation">
        <span class="cut" title={visible(place)}>
          <Text limit={200}>{place || "no place in the source"}</Text>
        </span>
        {module && <Name class="soft">{module}</Name>}
      </div>
    );
  }
  const { store } = screen;
  const finding = store.unpacked.shown.findings[row.finding]!;
  const current = store.finding.value === row.finding;
  const foot = footOf(finding);
  return (
    <div role="listitem" class={`finding ${finding.look}`}>
      <button type="button" aria-current={current} style={{ height: `${heightOf(row, store.unpacked.shown.findings)}px` }} onClick={() => store.goToFinding(row.finding)}>
        <span class="line">
          <LookWord look={finding.look} word={finding.word} />
          <code class="soft">{visible(finding.rule, 60)}</code>
          {finding.count > 1 && <span class="times">× {finding.count}</span>}
        </span>
        <span class="message" title={visible(finding.message)}>
          <Sentence limit={300}>{finding.message}</Sentence>
        </span>
        {foot && (
          <span class="foot soft">
            <Text limit={200}>{foot}</Text>
          </span>
        )}
      </button>
    </div>
  );
}

function FilterRow({ screen, passed }: { screen: Screen; passed: number }) {
  const { filter, unpacked } = screen.store;
  const { findings } = unpacked.shown;
  const change = (part: Partial<typeof filter.value>) => {
    filter.value = { ...filter.value, ...part };
  };
  return (
    <div class="filter" role="search" aria-label="Filter findings">
      <input
        type="search"
        placeholder="Filter findings"
        aria-label="Filter findings by text"
        value={filter.value.text}
        onInput={(event) => change({ text: event.currentTarget.value })}
      />
      <Choice name="rules" values={choices(findings, "rule")} value={filter.value.rule} choose={(rule) => change({ rule })} />
      <Choice name="modules" values={choices(findings, "module")} value={filter.value.module} choose={(module) => change({ module })} />
      {isFiltered(filter.value) && (
        <p class="soft" role="status">
          {passed} of {findings.length}{" "}
          <button type="button" class="link" onClick={() => (filter.value = EVERYTHING)}>
            Clear
          </button>
        </p>
      )}
    </div>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly values: readonly string[];
  readonly value: string;
  readonly choose: (value: string) => void;
}

function Choice({ name, values, value, choose }: ChoiceProps) {
  if (values.length < 2 && value === "") return null;
  return (
    <select aria-label={`Filter findings by ${name}`} value={value} onChange={(event) => choose(event.currentTarget.value)}>
      <option value="">All {name}</option>
      {values.map((choice) => (
        <option key={choice} value={choice}>
          {visible(choice, 80)}
        </option>
      ))}
    </select>
  );
}

function rowsOf(groups: readonly Group[]): readonly Row[] {
  return groups.flatMap((group): Row[] => [{ group }, ...group.findings.map((finding) => ({ finding }))]);
}

function keyOf(row: Row): string {
  return "group" in row ? `place ${row.group.place} ${row.group.module}` : `finding ${row.finding}`;
}

function heightOf(row: Row, findings: readonly ShownFinding[]): number {
  if ("group" in row) return row.group.module ? TALL_HEADING : HEADING;
  const finding = findings[row.finding]!;
  return (finding.message.length > ONE_LINE ? ROW : SHORT_ROW) + (footOf(finding) ? FOOT : 0);
}

function footOf({ frozen, tried_text }: ShownFinding): string {
  return [frozen && `frozen: ${frozen}`, tried_text].filter((part) => part !== "").join(" · ");
}

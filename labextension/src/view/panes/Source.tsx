/** The user's file, read only: what was frozen stands at the end of its line, what was never recorded is grey. */

import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { ShownFile, ShownFinding, ShownMark } from "../../schema";
import { type Lines, nextOf } from "../lines";
import { short } from "../numbers";
import type { Screen } from "../screen";
import { nodeOf } from "../store";
import { KINDS, pieces, type Token, tokensByLine } from "../tokens";
import { visible, visibleCode } from "../visible";
import { GoToLine, linesOfFile } from "./GoTo";
import { Virtual } from "./Virtual";
import { Empty, Name, Shape, Text } from "./Words";

const ROW = 19;
/** About as wide as they are: the margin with the numbers, a character of code and of a label, what is around a label. */
const GUTTER = 98;
const CODE_CHAR = 7.3;
const LABEL_CHAR = 6.8;
const AROUND_LABEL = 56;
/** A line of 100 KB is cut: nobody reads it, and it would make the pane as wide as a street. */
const LONGEST = 1000;

export function Source({ screen }: { screen: Screen }) {
  const { files } = screen.store.unpacked.shown;
  const target = useComputed(() => targetOf(screen));
  useSignalEffect(() => {
    const wanted = target.value;
    if (wanted) screen.file.value = wanted.file;
  });
  const place = screen.file.value;
  const file = files[place];
  if (!file) return <Empty>No source file is known.</Empty>;
  const line = target.value?.file === place ? target.value.line : null;
  return (
    <>
      <div class="file">
        {files.length > 1 ? <Picker screen={screen} /> : <Title file={file} />}
        <GoToLine screen={screen} lines={linesOfFile(file, line ?? firstOf(file))} />
      </div>
      {file.text === null ? (
        <WithoutText key={place} screen={screen} file={file} place={place} line={line} />
      ) : (
        <Listing key={place} screen={screen} file={file} text={file.text} place={place} target={target.value} line={line} />
      )}
    </>
  );
}

function Picker({ screen }: { screen: Screen }) {
  const { files } = screen.store.unpacked.shown;
  return (
    <select
      aria-label="File"
      value={String(screen.file.value)}
      title={visible(files[screen.file.value]?.filename ?? "")}
      onChange={(event) => (screen.file.value = Number(event.currentTarget.value))}
    >
      {files.map((file, place) => (
        <option key={place} value={String(place)}>
          {visible(file.title, 80)}
          {file.marks.some((mark) => mark.kind === "frozen") ? " · frozen" : ""}
        </option>
      ))}
    </select>
  );
}

function Title({ file }: { file: ShownFile }) {
  return (
    <h2 title={visible(file.filename)}>
      <Name>{file.title}</Name>
    </h2>
  );
}

interface Target {
  readonly file: number;
  readonly line: number;
}

/** The line of what is selected. The finding in view has its own, which need not be that of the operation it leads to. */
function targetOf(screen: Screen): Target | null {
  const { store } = screen;
  const graph = screen.index.value;
  const selected = store.selected.value;
  const finding = store.finding.value === null ? undefined : store.unpacked.shown.findings[store.finding.value];
  const at = (columns: NonNullable<typeof graph>["columns"], range: number): Target | null =>
    range === 0 ? null : { file: columns.file[range]!, line: columns.first[range]! };
  const led = finding && finding.graph === store.graph.value && finding.range !== 0 ? nodeOf(finding) : undefined;
  if (graph && selected.kind === "node") {
    return at(graph.columns, selected.node === led ? finding!.range : graph.columns.range[selected.node]!);
  }
  if (graph && selected.kind === "scope") return at(graph.columns, graph.columns.scope_range[selected.scope]!);
  const other = finding && store.graphs[finding.graph];
  return finding && other ? at(other.columns, finding.range) : null;
}

interface ListingProps {
  readonly screen: Screen;
  readonly file: ShownFile;
  readonly text: string;
  readonly place: number;
  readonly target: Target | null;
  readonly line: number | null;
}

function Listing({ screen, file, text, place, target, line }: ListingProps) {
  const written = useMemo(() => text.split(/\r\n|\n|\r/), [text]);
  const tokens = useMemo(() => tokensByLine(file.tokens), [file]);
  const marks = useMemo(() => marksByLine(file.marks), [file]);
  const widest = useMemo(() => Math.min(LONGEST, written.reduce((most, one) => Math.max(most, one.length), 0)), [written]);
  const lines = screen.lines.value;
  const wide = useSignal(0);
  // Once more when the width is known, with which lines get higher.
  const known = wide.value > 0;
  const show = useMemo(() => (line === null ? null : { index: line - 1, where: "middle" as const }), [target, line, known]);
  const isTall = useMemo(
    () => (index: number) => !fits(written[index]!, marks.get(index + 1), index + 1, wide.value),
    [written, marks, wide.value],
  );
  const height = useMemo(() => (index: number) => (isTall(index) ? 2 * ROW : ROW), [isTall]);
  return (
    <Virtual
      class="source"
      count={written.length}
      height={height}
      wide={wide}
      show={show}
      width={`${widest + 16}ch`}
      list={{ role: "list", "aria-label": `Source of ${visible(file.title, 80)}`, tabIndex: 0 }}
      row={(index) => (
        <Line
          key={index}
          screen={screen}
          place={place}
          number={index + 1}
          text={written[index]!}
          tokens={tokens[index] ?? []}
          marks={marks.get(index + 1) ?? []}
          lines={lines}
          current={line === index + 1}
          tall={isTall(index)}
        />
      )}
    />
  );
}

/** Whether what is said of a line has room at its end; where it has not, it stands below. */
function fits(text: string, marks: readonly ShownMark[] | undefined, number: number, wide: number): boolean {
  const said = marks?.filter((mark) => mark.line === number) ?? [];
  if (said.length === 0 || wide === 0) return true;
  const label = Math.min(60, Math.max(...said.map((mark) => mark.text.length))) * LABEL_CHAR + AROUND_LABEL;
  return GUTTER + Math.min(text.length, LONGEST) * CODE_CHAR + label <= wide;
}

interface LineProps {
  readonly screen: Screen;
  readonly place: number;
  readonly number: number;
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly marks: readonly ShownMark[];
  readonly lines: Lines | undefined;
  readonly current: boolean;
  /** Whether what is said of it stands below it. */
  readonly tall?: boolean;
}

function Line({ screen, place, number, text, tokens, marks, lines, current, tall }: LineProps) {
  const { findings } = screen.store.unpacked.shown;
  const frozen = marks.filter((mark) => mark.kind === "frozen").sort((a, b) => worth(a) - worth(b));
  const skipped = marks.find((mark) => mark.kind === "unrecorded");
  const said = frozen.filter((mark) => mark.line === number);
  const look = frozen.length > 0 ? lookOf(frozen[0]!, findings) : "";
  const underlined = frozen.find((mark) => mark.line === number && mark.start !== null && mark.end !== null);
  const count = lines?.count(place, number) ?? 0;
  const known = (lines?.nodes(place, number).length ?? 0) > 0;
  const classes = ["code", look && `marked ${look}`, skipped && "skipped", current && "current", known && "known", tall && "tall"];
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the number of the line is a button
    <div role="listitem" class={classes.filter((name) => name).join(" ")} onClick={() => selectNext(screen, place, number)}>
      <span class="ops" title={count > 0 ? `${count} recorded here` : undefined}>
        {count > 0 ? `${short(count)} ${count === 1 ? "op" : "ops"}` : ""}
      </span>
      {known ? (
        <button type="button" class="number" aria-label={`Line ${number}${count > 0 ? `, ${count} recorded` : ""}: select`}>
          {number}
        </button>
      ) : (
        <span class="number">{number}</span>
      )}
      <code>
        {pieces(text.slice(0, LONGEST), tokens, underlined && [underlined.start!, underlined.end!]).map((piece, at) =>
          piece.marked ? (
            <mark key={at} class={`${KINDS[piece.kind] ?? ""} ${look}`}>
              {visibleCode(piece.text)}
            </mark>
          ) : (
            <span key={at} class={KINDS[piece.kind] || undefined}>
              {visibleCode(piece.text)}
            </span>
          ),
        )}
        {text.length > LONGEST && "…"}
      </code>
      {(said.length > 0 || skipped?.line === number) && (
        <span class="annotations">
          {said[0] && <Frozen screen={screen} mark={said[0]} />}
          {said.length > 1 && <Others screen={screen} marks={said} />}
          {skipped?.line === number && <span class="remark">{skipped.text || "not recorded"}</span>}
        </span>
      )}
    </div>
  );
}

/** Of several findings of a line the worst is written out; the others are gone through by clicks. */
function Others({ screen, marks }: { screen: Screen; marks: readonly ShownMark[] }) {
  const { store } = screen;
  const findings = marks.flatMap(({ finding }) => (finding === null ? [] : [finding]));
  const open = (event: MouseEvent) => {
    event.stopPropagation();
    const current = store.finding.value;
    const next = nextOf(findings, current !== null && findings.includes(current) ? current : findings[0] ?? null);
    if (next === null) return;
    screen.side.value = "findings";
    store.goToFinding(next);
  };
  const texts = marks.slice(0, 12).map((mark) => visible(mark.text, 60));
  return (
    <button type="button" class="annotation others" onClick={open} title={texts.join("\n")}>
      +{marks.length - 1}
    </button>
  );
}

function Frozen({ screen, mark }: { screen: Screen; mark: ShownMark }) {
  const look = lookOf(mark, screen.store.unpacked.shown.findings);
  const open = (event: MouseEvent) => {
    event.stopPropagation();
    if (mark.finding === null) return;
    screen.side.value = "findings";
    screen.store.goToFinding(mark.finding);
  };
  return (
    <button type="button" class={`annotation ${look}`} onClick={open} title="Show the finding">
      <Shape look={look} />
      <Text limit={60}>{mark.text || "frozen"}</Text>
    </button>
  );
}

/** Without the text there are still the numbers of its lines: those that recorded something, and the frozen ones. */
function WithoutText({ screen, file, place, line }: { screen: Screen; file: ShownFile; place: number; line: number | null }) {
  const lines = screen.lines.value;
  const marks = useMemo(() => marksByLine(file.marks), [file]);
  const numbers = useMemo(
    () => [...new Set([...(lines?.recorded(place) ?? []), ...file.marks.map((mark) => mark.line)])].sort((a, b) => a - b),
    [lines, file, place],
  );
  const show = useMemo(() => (line === null ? null : { index: numbers.indexOf(line), where: "middle" as const }), [line, numbers]);
  return (
    <>
      <Empty>Made without source: of {visible(file.title, 120)} only the numbers of its lines are known.</Empty>
      <Virtual
        class="source"
        count={numbers.length}
        height={ROW}
        show={show}
        list={{ role: "list", "aria-label": "Lines", tabIndex: 0 }}
        row={(index) => (
          <Line
            key={index}
            screen={screen}
            place={place}
            number={numbers[index]!}
            text=""
            tokens={[]}
            marks={marks.get(numbers[index]!) ?? []}
            lines={lines}
            current={line === numbers[index]}
          />
        )}
      />
    </>
  );
}

function selectNext({ store, lines }: Screen, file: number, line: number): void {
  const selected = store.selected.value;
  const next = nextOf(lines.value?.nodes(file, line) ?? [], selected.kind === "node" ? selected.node : null);
  if (next !== null) store.goToNode(next);
}

function marksByLine(marks: readonly ShownMark[]): ReadonlyMap<number, readonly ShownMark[]> {
  const out = new Map<number, ShownMark[]>();
  for (const mark of marks) {
    for (let line = mark.line; line <= mark.last; line++) {
      const there = out.get(line);
      if (there) there.push(mark);
      else out.set(line, [mark]);
    }
  }
  return out;
}

/** Where nothing leads to a line: what was frozen first. */
function firstOf({ marks }: ShownFile): number {
  const frozen = marks.filter(({ kind }) => kind === "frozen").map(({ line }) => line);
  return frozen.length > 0 ? Math.min(...frozen) : 1;
}

/** Findings come worst first. */
function worth(mark: ShownMark): number {
  return mark.finding ?? Number.MAX_SAFE_INTEGER;
}

function lookOf(mark: ShownMark, findings: readonly ShownFinding[]) {
  return (mark.finding === null ? undefined : findings[mark.finding]?.look) ?? "note";
}

/** The form: other inputs, another mode, once more. Python says what can be filled in, and what was wrong with it. */

import type { ComponentChildren } from "preact";
import type { Dtype, Field, Fill, Filled, Form, Problem } from "../../schema";
import { type Asking, key, type Work } from "../asking";
import type { Screen } from "../screen";
import { visible } from "../visible";
import { Name, Sentence, Snippet, Text } from "./Words";

export function Rerun({ screen, asking }: { screen: Screen; asking: Asking }) {
  const form = asking.form.value;
  const loose = asking.problems.value.filter(({ where }) => !form || !placesOf(form, asking).has(where));
  const submit = (event: Event) => {
    event.preventDefault();
    asking.run();
  };
  return (
    <form class="rerun" aria-label="Run again" noValidate onSubmit={submit} data-arrows="own">
      <div class="filling">
        {form && <Fields asking={asking} form={form} />}
        {!form && loose.length === 0 && <p class="soft">{asking.said.value || "Asking the kernel what can be run."}</p>}
        {form && <Options asking={asking} form={form} />}
        {loose.map((problem, at) => (
          <Wrong key={at} problem={problem} />
        ))}
      </div>
      {form && (
        <div class="foot-of">
          <Doing asking={asking} />
          <Snippet screen={screen} text={asking.call.value} what="the call" />
        </div>
      )}
    </form>
  );
}

function fieldsOf(form: Form, asking: Asking): readonly Field[] {
  return form.methods.find(({ name }) => name === asking.options.value.method)?.fields ?? [];
}

/** Where a problem can be shown at its place. */
function placesOf(form: Form, asking: Asking): ReadonlySet<string> {
  return new Set([...fieldsOf(form, asking).map(({ id }) => id), "calls", "seed", "mode", "method", "seconds"]);
}

function Fields({ asking, form }: { asking: Asking; form: Form }) {
  return (
    <div class="inputs">
      <div class="input heads" aria-hidden="true">
        <span>input</span>
        <span>shape</span>
        <span>dtype</span>
        <span>filled with</span>
        <span />
        <span>seed</span>
      </div>
      {fieldsOf(form, asking).map((field) => (
        <Row key={field.id} asking={asking} form={form} field={field} />
      ))}
    </div>
  );
}

function Row({ asking, form, field }: { asking: Asking; form: Form; field: Field }) {
  const filled = asking.filled.value.get(key(asking.options.value.method, field.id)) ?? field.filled;
  const problems = asking.problems.value.filter(({ where }) => where === field.id);
  const wrong = (part: string) => problems.some((problem) => problem.part === part);
  const label = visible(field.id, 80);
  const set = (change: Partial<Filled>) => asking.fill(field, change);
  const dtype = form.dtypes.find(({ name }) => name === filled.dtype);
  const names = field.is_tensor ? dtype?.fills : ["example", "expression"];
  const fills = form.fills.filter(({ name, takes }) => names?.includes(name) && (takes !== "variable" || field.variables.length > 0));
  const fill = form.fills.find(({ name }) => name === filled.fill);
  return (
    <div class="input" role="group" aria-label={label}>
      <span class="called" title={`${label}: ${visible(field.spec)}`}>
        <code>
          <Name>{field.id}</Name>
        </code>
        <span class="soft cut">
          <Text limit={80}>{field.spec}</Text>
        </span>
      </span>
      {field.is_tensor && <Sized label={label} filled={filled} fill={fill} dtypes={form.dtypes} wrong={wrong} set={set} />}
      <select aria-label={`${label}: filled with`} class="fill" value={filled.fill} aria-invalid={wrong("fill")} onChange={({ currentTarget }) => set({ fill: currentTarget.value })}>
        {fills.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
      <Taken label={label} field={field} filled={filled} fill={fill} wrong={wrong("text")} set={set} />
      {fill?.is_drawn && (
        <Line label={`${label}: seed`} class="seed" value={filled.seed} wrong={wrong("seed")} placeholder="seed" set={(seed) => set({ seed })} />
      )}
      {problems.map((problem, at) => (
        <Wrong key={at} problem={problem} />
      ))}
    </div>
  );
}

interface SizedParts {
  readonly label: string;
  readonly filled: Filled;
  readonly fill: Fill | undefined;
  readonly dtypes: readonly Dtype[];
  readonly wrong: (part: string) => boolean;
  readonly set: (change: Partial<Filled>) => void;
}

/** Where an expression or a variable decides, there is no shape to choose; to write one over the example's asks for another. */
function Sized({ label, filled, fill, dtypes, wrong, set }: SizedParts) {
  if (fill?.takes === "expression" || fill?.takes === "variable") return null;
  return (
    <>
      <Line label={`${label}: shape`} class="shape-of" value={filled.shape} wrong={wrong("shape")} placeholder="one element" set={(shape) => set({ shape })} />
      <select aria-label={`${label}: dtype`} class="dtype" value={filled.dtype} aria-invalid={wrong("dtype")} onChange={({ currentTarget }) => set({ dtype: currentTarget.value })}>
        {dtypes.map(({ name }) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </>
  );
}

interface TakenParts {
  readonly label: string;
  readonly field: Field;
  readonly filled: Filled;
  readonly fill: Fill | undefined;
  readonly wrong: boolean;
  readonly set: (change: Partial<Filled>) => void;
}

/** What a fill takes: a range, an expression, one of the user's variables. */
function Taken({ label, field, filled, fill, wrong, set }: TakenParts) {
  if (!fill || fill.takes === "") return null;
  if (fill.takes === "variable") {
    return (
      <select aria-label={`${label}: variable`} class="taken" value={filled.text} aria-invalid={wrong} onChange={({ currentTarget }) => set({ text: currentTarget.value })}>
        {field.variables.map(({ name, spec }) => (
          <option key={name} value={name}>
            {visible(`${name}  ${spec}`, 100)}
          </option>
        ))}
      </select>
    );
  }
  const hint = fill.takes === "range" ? "0..1" : "torch.ones(2, 3)";
  return <Line label={`${label}: ${fill.takes}`} class={`taken ${fill.takes}`} value={filled.text} wrong={wrong} placeholder={hint} set={(text) => set({ text })} />;
}

interface LineParts {
  readonly label: string;
  readonly value: string;
  readonly set: (value: string) => void;
  readonly wrong?: boolean;
  readonly placeholder?: string;
  readonly class?: string;
}

function Line({ label, value, set, wrong = false, placeholder = "", class: extra = "" }: LineParts) {
  return (
    <input
      type="text"
      class={extra}
      aria-label={label}
      aria-invalid={wrong}
      value={value}
      placeholder={placeholder}
      spellcheck={false}
      autocomplete="off"
      onInput={({ currentTarget }) => set(currentTarget.value)}
    />
  );
}

export function Wrong({ problem }: { problem: Problem }) {
  return (
    <p class="wrong" role="alert">
      <Sentence limit={500}>{problem.what}</Sentence> {problem.cure && <span class="soft"><Sentence limit={300}>{problem.cure}</Sentence></span>}
    </p>
  );
}

function Options({ asking, form }: { asking: Asking; form: Form }) {
  const { value } = asking.options;
  const problems = asking.problems.value.filter(({ where }) => where in value);
  const wrong = (name: string) => problems.some(({ where }) => where === name);
  return (
    <div class="options">
      {form.methods.length > 1 && (
        <Choice name="Method" value={value.method} choices={form.methods.map(({ name }) => [name, name] as const)} set={(method) => asking.choose({ method })} />
      )}
      {form.modes.length > 0 && <Choice name="Mode" value={value.mode} choices={form.modes} set={(mode) => asking.choose({ mode })} />}
      <Named name="Calls in a row">
        <Line label="Calls in a row" value={value.calls} wrong={wrong("calls")} set={(calls) => asking.choose({ calls })} />
      </Named>
      <Named name="Seed of the Run">
        <Line label="Seed of the Run" value={value.seed} wrong={wrong("seed")} placeholder="none" set={(seed) => asking.choose({ seed })} />
      </Named>
      {problems.map((problem, at) => (
        <Wrong key={at} problem={problem} />
      ))}
    </div>
  );
}

function Named({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <span class="named">
      <span class="soft" aria-hidden="true">
        {name}
      </span>
      {children}
    </span>
  );
}

function Choice({ name, value, choices, set }: { name: string; value: string; choices: readonly (readonly [string, string])[]; set: (value: string) => void }) {
  return (
    <Named name={name}>
      <select aria-label={name} value={value} onChange={({ currentTarget }) => set(currentTarget.value)}>
        {choices.map(([known, title]) => (
          <option key={known} value={known}>
            {visible(title, 60)}
          </option>
        ))}
      </select>
    </Named>
  );
}

/** The buttons, and what is under way. */
function Doing({ asking }: { asking: Asking }) {
  const work = asking.work.value;
  const idle = work === null && asking.gone.value === "";
  return (
    <div class="doing">
      <button type="submit" class="main" disabled={!idle}>
        Run
      </button>
      <span class="searching">
        <button type="button" disabled={!idle} onClick={() => asking.search()}>
          Search longer
        </button>
        <Line label="Seconds to search" value={asking.options.value.seconds} wrong={asking.problems.value.some(({ where }) => where === "seconds")} set={(seconds) => asking.choose({ seconds })} />
        <span class="soft">s</span>
      </span>
      {work && (
        <button type="button" onClick={() => asking.cancel()}>
          Cancel
        </button>
      )}
      {work ? <Progress work={work} /> : <span class="ended" role="status"><Text limit={300}>{asking.said.value}</Text></span>}
    </div>
  );
}

const DOING: Readonly<Record<Work["what"], string>> = {
  rerun: "Running eager and captured.",
  search: "Searching.",
  repair: "Looking for repairs.",
  apply: "Applying.",
};

export function Progress({ work }: { work: Work }) {
  const text = work.text || DOING[work.what];
  return (
    <span class="progress" role="status">
      {!work.waits && <progress max={1} value={work.part ?? undefined} aria-label="Progress" />}
      <span>
        <Text limit={160}>{text}</Text>
      </span>
    </span>
  );
}

// Generated from tracelab/shown.py, wire.py and schema.py by labextension/codegen/schema_ts.py. Do not edit.
// In what is sent every field is there, also where it has its default; None is null.

export const FORMAT = 2;

export const CHANNEL = 2;

export const RPC = "tracelab.rpc";

export const PUSH = "tracelab";

export type Verdict = "diverges" | "guarded" | "holds" | "raises" | "refused" | "unproven";

export type Outcome = "agrees" | "captured_raises" | "captured_refuses" | "diverges" | "eager_raises";

export type Level = "error" | "note" | "warning";

export type Look = "error" | "holds" | "note" | "warning";

export type LineKind = "added" | "head" | "hunk" | "removed" | "same";

/** All that the viewer knows. */
export interface Shown {
  readonly title: string;
  /** One sentence: `2 of 7 frozen behaviours give wrong answers; smallest proof: batch 3`. */
  readonly verdict: string;
  /** Of the worst finding; where there is none, `holds`, or `note` where nothing was recorded. */
  readonly look: Look;
  readonly format: number;
  readonly tallies: readonly (readonly [Look, string])[];
  /** Rows of label and value: model, backend, torch, inputs. */
  readonly facts: readonly (readonly [string, string])[];
  /** Why the capture is partial, one sentence. */
  readonly stop: string;
  readonly strings: readonly string[];
  readonly graphs: readonly ShownGraph[];
  readonly files: readonly ShownFile[];
  /** Worst first. */
  readonly findings: readonly ShownFinding[];
  /** What is said where there is no finding, one sentence. */
  readonly silence: string;
  readonly runs: readonly ShownRun[];
  readonly constraints: readonly string[];
  readonly repairs: readonly ShownRepair[];
}

/**
 * What a page asks for.
 *
 * Attributes:
 *     what: `form`: what can be filled in. `call`: the Python call that a filled form makes. `rerun`: make that call.
 *         `search`: look longer for witnesses. `repair`: look for changes that mend what is wrong. `apply`: make a
 *         variable of the Trace that they were proven on. `cancel`: end another request. By the kernel's line
 *         only, `list`: what lives in the kernel. `traces`: of that, the Traces alone. `findings`: those of a Trace.
 *         `document`: what the viewer shows of it. `marks`: the frozen lines. `trace`: make a Trace. `report`, `save`:
 *         its files.
 *     of: the id of the request that is to be cancelled.
 *     trace: the id of the Trace that is meant; a widget's line has but one.
 *     make: what is to be traced: the `call` of a `Candidate`.
 *     known: of a document, the revision that the page has; -1 for none.
 */
export interface Request {
  readonly version: number;
  readonly id: string;
  readonly what: "apply" | "call" | "cancel" | "document" | "findings" | "form" | "list" | "marks" | "repair" | "report" | "rerun" | "save" | "search" | "trace" | "traces";
  readonly method: string;
  readonly fields: readonly Filled[];
  readonly mode: string;
  readonly calls: string;
  readonly seed: string;
  readonly seconds: string;
  readonly of: string;
  readonly trace: string;
  readonly make: string;
  readonly known: number;
}

/**
 * What a kernel answers. A document, or a file, stands in the message's buffers.
 *
 * Attributes:
 *     text: why it waits, what is being tried, how it ended.
 *     part: how much is done, from 0 to 1; None where nobody knows.
 */
export interface Reply {
  readonly id: string;
  readonly state: "cancelled" | "done" | "failed" | "queued" | "running";
  readonly version: number;
  readonly text: string;
  readonly part: number | null;
  readonly problems: readonly Problem[];
  readonly form: Form | null;
  readonly call: string;
  /** The id of the Run that was made. */
  readonly run: number | null;
  /** The id of the Trace that was made. */
  readonly trace: string;
  readonly listing: Listing | null;
  readonly findings: readonly Found[];
  readonly marked: readonly Marked[];
  readonly sent: Sent | null;
  /** What a file may be called: `model.html`. */
  readonly filename: string;
}

/** What the kernel tells unasked: a cell has ended; a Trace was made, has another document, or is gone. */
export interface Told {
  readonly what: "executed" | "traces";
  readonly version: number;
}

/**
 * One method's graph.
 *
 * Nodes are numbered in the order of recording, from 0; so are scopes, of which 0 is the whole. A scope is one call of
 * a module, or a nested block of a node (an arm of `prim::If`). A text is a place in `Shown.strings`; 0 is the empty
 * one. A range is a place in the columns of ranges, where 0 is none.
 *
 * `columns` holds, a node each: `op` (u8: 0 placeholder, 1 get_attr, 2 call_function, 3 output), `target`, `label`
 * (short, for the drawing), `form` (the whole operation as text, `$0`, `$1` standing for its arguments that are
 * values), `name` (of its first output), `spec` (of its first output: `f32[2, 10]`), `scope`, `range`, `id` (the
 * document's own id) as u32; `ghost` (u8), `mark` (u32: 1 + the place in `Shown.findings` of the worst finding at it,
 * 0 for none; nodes that a decision merely controls are in its region instead).
 * Edges: `start` (u32, nodes + 1) and `back` (u32): the k-th argument of node n is computed by node
 * `n - back[start[n] + k]`; what a node takes always stands before it.
 * A scope each: `parent`, `title` (short: `attention`), `fqn`, `type`, `call` (number, from 0), `scope_range` as u32,
 * and `same` (u32: scopes of one parent with the same number other than 0 are alike in all that they hold).
 * A range each: `file` (place in `Shown.files`), `first`, `last` (1-based lines) as u32; entry 0 is all zeros.
 */
export interface ShownGraph {
  readonly method: string;
  readonly complete: boolean;
  readonly nodes: number;
  readonly scopes: number;
  readonly columns: Readonly<Record<string, Column>>;
  readonly regions: readonly ShownRegion[];
  readonly inputs: readonly string[];
  readonly outputs: number;
}

/**
 * A source file, or a notebook's cell.
 *
 * Attributes:
 *     tokens: three numbers a token: characters since the last token's end or, in a new line, since its start;
 *         length; kind. -1, n, 0 goes n lines on. Kinds: 1 keyword, 2 string, 3 number, 4 comment, 5 name that is
 *         defined, 6 decorator, 7 builtin. What is no token is plain. Columns count UTF-16 units, as JavaScript does.
 */
export interface ShownFile {
  /** Short: `model.py`, `In [3]`. */
  readonly title: string;
  readonly filename: string;
  /** None where the report was made without source. */
  readonly text: string | null;
  readonly tokens: readonly number[];
  readonly marks: readonly ShownMark[];
}

/** One finding, ready to be read. */
export interface ShownFinding {
  readonly id: string;
  readonly rule: string;
  readonly verdict: Verdict;
  readonly level: Level;
  readonly look: Look;
  /** What stands beside the shape: `diverges`, `raises`, `holds`, `unproven`, `note`. */
  readonly word: string;
  readonly message: string;
  readonly reason: string;
  readonly frozen: string;
  readonly module: string;
  /** `model.py:12 in forward`. */
  readonly place: string;
  /** The place of its graph in `Shown.graphs`. */
  readonly graph: number;
  /** Into the ranges of its graph. */
  readonly range: number;
  readonly nodes: readonly number[];
  /** Why it is frozen: the shortest way from an input, through the ghosts, to what Python asked; node numbers. */
  readonly chain: readonly number[];
  /** The same in words, ending with the line that made the value a constant. */
  readonly chain_text: readonly string[];
  /** The place in `Shown.runs` of the Run that proves it. */
  readonly witness: number | null;
  /** Places in `Shown.runs`. */
  readonly tried: readonly number[];
  readonly tried_text: string;
  readonly count: number;
  /** Rows of label and value. */
  readonly facts: readonly (readonly [string, string])[];
  /** Why the rule matters, and what to write instead. */
  readonly help: string;
  /** Places in `Shown.repairs`. */
  readonly repairs: readonly number[];
  /** Whether repairs can be looked for: it is wrong, or what the function takes is refused. */
  readonly mendable: boolean;
  /** Why no repair that was looked for mends it. */
  readonly left: string;
}

/** One Run, ready to be read. */
export interface ShownRun {
  readonly id: number;
  readonly title: string;
  readonly outcome: Outcome;
  readonly look: Look;
  /** `agrees`, `diverges`, `captured raises`, `eager raises`. */
  readonly word: string;
  readonly axis: string;
  readonly graph: number;
  readonly error: string;
  readonly inputs: readonly Input[];
  readonly outputs: readonly OutputError[];
  /** A node number. */
  readonly first_divergence: number | null;
  /** u32: the numbers of the nodes that both sides have. */
  readonly compared: Column | null;
  /** u8, one each: 0 agrees, 1 to 255 by the logarithm of the relative error, 255 where a side has no value. */
  readonly heat: Column | null;
  /** Those that differ, in the order of the graph. */
  readonly along: readonly ShownAlong[];
  /** What eager ran besides: `aten::sin at model.py:7`. */
  readonly only_eager: readonly string[];
  /** Places in `Shown.findings`. */
  readonly blame: readonly number[];
  readonly snippet: string;
}

/** A change that is offered, ready to be read. */
export interface ShownRepair {
  readonly title: string;
  /** `proven on 14 runs`. */
  readonly proven: string;
  /** Those that it mends, places in `Shown.findings`. */
  readonly findings: readonly number[];
  /** As it is copied. */
  readonly diff: string;
  /** The same as it is read. */
  readonly lines: readonly ShownLine[];
  /** How many lines were left off. */
  readonly more: number;
  /** As `ShownFile.tokens`, a line for each of `lines`. */
  readonly tokens: readonly number[];
  /** What is written in place of the call to the tracer, where that is what changes. */
  readonly code: string;
  readonly code_tokens: readonly number[];
}

/** How one field of the form was filled in, all as text. What is empty is as it was traced. */
export interface Filled {
  readonly id: string;
  /** `2, 10`. */
  readonly shape: string;
  readonly dtype: string;
  /** The name of one of `Form.fills`. */
  readonly fill: string;
  /** What the fill takes: a range, an expression, the name of a variable. */
  readonly text: string;
  readonly seed: string;
}

/** What was wrong, and what to do. */
export interface Problem {
  readonly what: string;
  readonly cure: string;
  /** The place on the form: the id of a field, or `calls`, `seed`, `mode`, `seconds`; empty for none. */
  readonly where: string;
  /** Of a field: `shape`, `dtype`, `fill`, `text`, `seed`. */
  readonly part: string;
}

/** What can be filled in. */
export interface Form {
  readonly methods: readonly Method[];
  readonly fills: readonly Fill[];
  readonly dtypes: readonly Dtype[];
  /** Each with its title; empty for a function, which has none. */
  readonly modes: readonly (readonly [string, string])[];
  /** The call that it begins with. */
  readonly call: string;
}

/** What a kernel holds, by what was made last. */
export interface Listing {
  readonly traces: readonly Living[];
  readonly candidates: readonly Candidate[];
  /** How many candidates were left off. */
  readonly more: number;
}

/** A finding, as a list shows it. */
export interface Found {
  readonly id: string;
  readonly rule: string;
  readonly verdict: Verdict;
  readonly look: Look;
  readonly message: string;
  /** The value; empty where there is none to tell. */
  readonly frozen: string;
  /** `model.py:12`, `In [3], line 2`. */
  readonly place: string;
  readonly source: SourceRange | null;
  /** The id of the notebook's cell; empty where it is none's, or not known. */
  readonly cell: string;
}

/** A file, or a cell, with frozen lines. */
export interface Marked {
  readonly filename: string;
  /** The id of the notebook's cell; empty for a file, and where it is not known: then the text tells. */
  readonly cell: string;
  readonly is_cell: boolean;
  /** As it was traced. Where it is another now, the marks say nothing any more. */
  readonly text: string;
  readonly marks: readonly Mark[];
}

/** What stands in a reply's buffers: a document where it is `whole`, then Runs that joined it since. */
export interface Sent {
  readonly revision: number;
  /** Else what the page has stays, and only Runs come. */
  readonly whole: boolean;
}

/** Where an array of numbers stands in the bytes. */
export interface Column {
  readonly type: "f32" | "i32" | "u32" | "u8";
  readonly offset: number;
  /** Elements, not bytes. */
  readonly length: number;
}

/** The nodes that one decision controls: they are shaded together, with a caption. */
export interface ShownRegion {
  /** `loop unrolled 3 times, frozen`, `else-arm (lines 14 to 18) not recorded`. */
  readonly caption: string;
  /** Its place in `Shown.findings`. */
  readonly finding: number;
  readonly nodes: readonly number[];
}

/** A line of a file with something to say. */
export interface ShownMark {
  readonly line: number;
  /** The last line it covers. */
  readonly last: number;
  readonly kind: "frozen" | "unrecorded";
  /** `frozen: 3`. */
  readonly text: string;
  readonly finding: number | null;
  /** First and last column (0-based, the last one past the end) of what is underlined, on the first line. */
  readonly start: number | null;
  readonly end: number | null;
}

/** One argument, as it was given. */
export interface Input {
  readonly name: string;
  /** `f32[2, 10]`, or the text of a Python value. */
  readonly spec: string;
  /** The key of its elements in `Capture.tensors`, where they are kept. */
  readonly tensor: string | null;
  readonly keyword: boolean;
}

/** How far one output leaf of a Run is apart. */
export interface OutputError {
  /** `[0]['logits']`: where the leaf stands in the output. */
  readonly path: string;
  readonly eager: string;
  readonly captured: string;
  /** None where it is not finite, or there is nothing to measure. */
  readonly max_abs: number | null;
  readonly max_rel: number | null;
  /** The worst element. */
  readonly index: readonly number[] | null;
  readonly agrees: boolean;
}

/** The two sides at one node that differs. */
export interface ShownAlong {
  readonly node: number;
  readonly eager: Summary | null;
  readonly captured: Summary | null;
  readonly max_abs: number | null;
  readonly max_rel: number | null;
}

/** A line of a diff. */
export interface ShownLine {
  readonly kind: LineKind;
  /** Of a changed line, and of one that is the same, what follows its sign. */
  readonly text: string;
}

/** What can be called. */
export interface Method {
  readonly name: string;
  readonly fields: readonly Field[];
}

/** A way to make a tensor. */
export interface Fill {
  readonly name: string;
  readonly title: string;
  readonly takes: "" | "expression" | "range" | "variable";
  /** Whether it is drawn by chance, and takes a seed. */
  readonly is_drawn: boolean;
  /** Whether shape and dtype are chosen; else the example or what is written decides. */
  readonly is_sized: boolean;
}

/** A dtype, with the ways to make a tensor of it; the first that is sized stands in where none was chosen. */
export interface Dtype {
  readonly name: string;
  readonly fills: readonly string[];
}

/** A Trace that lives in the kernel. */
export interface Living {
  readonly id: string;
  /** The variable that holds it: `t`, `ts[0]`; empty where none does. */
  readonly name: string;
  /** What was traced. */
  readonly title: string;
  /** The headline: `2 findings diverge`. */
  readonly verdict: string;
  readonly look: Look;
  readonly can_run: boolean;
  /** Counted up with each new document of it. */
  readonly revision: number;
}

/** A callable of the user's that could be traced, with inputs of theirs that fit. */
export interface Candidate {
  readonly name: string;
  /** `Linear`, `function`. */
  readonly type: string;
  /** `model(x)`; empty where nothing fits. */
  readonly call: string;
  /** `f32[2, 10]`, spelled as everywhere; why nothing fits, where nothing does. */
  readonly inputs: string;
}

/** A place in the user's code. */
export interface SourceRange {
  readonly filename: string;
  /** 1-based. */
  readonly lineno: number;
  readonly end_lineno: number;
  /** 0-based, in characters. */
  readonly col_offset: number;
  readonly end_col_offset: number | null;
  readonly function: string;
  /** The notebook cell's execution label, as `In [3]`, where the code stands in one. */
  readonly cell: string | null;
}

/** A frozen line. */
export interface Mark {
  readonly trace: string;
  readonly finding: string;
  /** 1-based, in the file or the cell. */
  readonly line: number;
  readonly last: number;
  readonly look: Look;
  /** The rule with its verdict. */
  readonly title: string;
  /** The frozen value and the message. */
  readonly text: string;
}

/** A value without its elements. Numbers are text, so that no reader bends an infinity. */
export interface Summary {
  /** `f32[2, 10]`. */
  readonly spec: string;
  readonly min: string;
  readonly max: string;
  readonly mean: string;
  readonly nans: number;
  /** How many elements lie in each of sixteen equal steps from the lowest to the highest of both sides together. */
  readonly bars: readonly number[];
}

/** One tensor, or other value, that the call takes: an argument, or a leaf of one. */
export interface Field {
  /** `x`, `parts['mask'][0]`. */
  readonly id: string;
  /** Of the example: `f32[2, 10]`. */
  readonly spec: string;
  readonly is_tensor: boolean;
  /** What the form begins with. */
  readonly filled: Filled;
  /** By the name of a fill that takes a range: what it begins with. */
  readonly ranges: Readonly<Record<string, string>>;
  readonly variables: readonly Variable[];
}

/** A variable of the user's that fits. */
export interface Variable {
  readonly name: string;
  readonly spec: string;
}

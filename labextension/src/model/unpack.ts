/** From the bytes that Python packed to a document that can be asked. The bytes are described in tracelab/shown.py. */

import { type Column, FORMAT, type Shown, type ShownGraph, type ShownRun } from "../schema";
import { checkColumns, columnNames } from "./checks";
import type { GraphColumns, Unpacked } from "./types";

const STEP = 8;

type Numbers = Uint8Array | Uint32Array | Int32Array | Float32Array;

/** Throws an Error that says what is wrong where the bytes are not what `tracelab.viewer` writes. */
export async function unpack(bytes: Uint8Array): Promise<Unpacked> {
  const data = await gunzip(bytes);
  const { shown, end } = headerOf(data);
  const numbers = (column: Column) => columnsAdded.get(column) ?? viewOf(data, end, column);
  const graphs = shown.graphs.map((about) => ({ about, columns: columnsOf(about, shown, numbers) }));
  return { shown, graphs, numbers };
}

/** The columns of the Runs that came after their document, each with bytes of its own. */
const columnsAdded = new WeakMap<Column, Numbers>();

/** A Run that was made after the document, as `packed_run` writes it. */
export async function unpackRun(bytes: Uint8Array): Promise<ShownRun> {
  const data = await gunzip(bytes);
  const { header, end } = jsonOf(data);
  const run = header as ShownRun;
  if (typeof run.id !== "number" || !Array.isArray(run.outputs)) throw new Error("The data is damaged: it holds no Run.");
  for (const column of [run.compared, run.heat]) if (column) columnsAdded.set(column, viewOf(data, end, column));
  return run;
}

async function gunzip(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes.length < 18 || bytes[0] !== 0x1f || bytes[1] !== 0x8b) throw new Error("This is no TraceLab data: it is not gzip.");
  try {
    return await inflated(bytes);
  } catch {
    throw new Error("The data is damaged: it cannot be decompressed. Was the file cut short?");
  }
}

/** Written and read by hand: a Blob and a Response would send the bytes through other processes and back. */
async function inflated(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new DecompressionStream("gzip");
  const writer = stream.writable.getWriter();
  const written = writer.write(bytes as BufferSource).then(() => writer.close());
  const [parts] = await Promise.all([partsOf(stream.readable), written]);
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function partsOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array[]> {
  const reader = stream.getReader();
  const parts: Uint8Array[] = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return parts;
    parts.push(value);
  }
}

function jsonOf(data: Uint8Array): { header: object; end: number } {
  if (data.length < 4) throw new Error("The data is damaged: it has no header.");
  const length = new DataView(data.buffer, data.byteOffset).getUint32(0, true);
  if (4 + length > data.length) throw new Error("The data is damaged: its header is longer than the data.");
  return { header: parsed(data.subarray(4, 4 + length)), end: Math.ceil((4 + length) / STEP) * STEP };
}

function headerOf(data: Uint8Array): { shown: Shown; end: number } {
  const { header, end } = jsonOf(data);
  const shown = header as Shown;
  if (shown.format !== FORMAT) {
    throw new Error(`The data is of version ${String(shown.format)}; this viewer reads version ${FORMAT}.`);
  }
  for (const name of ["strings", "graphs", "files", "findings", "runs"] as const) {
    if (!Array.isArray(shown[name])) throw new Error(`The data is damaged: its header has no ${name}.`);
  }
  return { shown, end };
}

function parsed(bytes: Uint8Array): object {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new Error("The data is damaged: its header cannot be read.");
  }
  if (typeof header !== "object" || header === null) throw new Error("The data is damaged: its header is no object.");
  return header;
}

const KINDS = { u8: Uint8Array, u32: Uint32Array, i32: Int32Array, f32: Float32Array } as const;

function viewOf(data: Uint8Array, end: number, column: Column): Numbers {
  const Kind = Object.hasOwn(KINDS, column.type) ? KINDS[column.type] : undefined;
  if (!Kind) throw new Error(`The data is damaged: a column has the type ${String(column.type)}.`);
  const { offset, length } = column;
  const whole = Number.isInteger(offset) && Number.isInteger(length) && offset >= 0 && length >= 0;
  const start = end + offset;
  if (!whole || start % Kind.BYTES_PER_ELEMENT !== 0 || (length > 0 && start + length * Kind.BYTES_PER_ELEMENT > data.length)) {
    throw new Error(`The data is damaged: a column of ${length} numbers at ${offset} does not fit into it.`);
  }
  return length === 0 ? new Kind(0) : new Kind(data.buffer as ArrayBuffer, data.byteOffset + start, length);
}

function columnsOf(about: ShownGraph, shown: Shown, numbers: (column: Column) => Numbers): GraphColumns {
  const columns: Partial<Record<keyof GraphColumns, Numbers>> = {};
  for (const name of columnNames) {
    const column = about.columns[name];
    const kind = name === "op" || name === "ghost" ? "u8" : "u32";
    if (column?.type !== kind) throw new Error(`The data is damaged: a graph has no column "${name}" of type ${kind}.`);
    columns[name] = numbers(column);
  }
  const made = columns as unknown as GraphColumns;
  checkColumns(about, made, shown);
  return made;
}

/** Arrays of numbers that grow. The layout writes millions of numbers, and a JavaScript array of them costs too much. */

export interface Ints {
  data: Int32Array;
  length: number;
}

export interface Floats {
  data: Float64Array;
  length: number;
}

export function ints(capacity = 256): Ints {
  return { data: new Int32Array(capacity), length: 0 };
}

export function floats(capacity = 256): Floats {
  return { data: new Float64Array(capacity), length: 0 };
}

export function add(list: Ints, value: number): void {
  if (list.length === list.data.length) {
    const data = new Int32Array(list.length * 2);
    data.set(list.data);
    list.data = data;
  }
  list.data[list.length++] = value;
}

export function addFloat(list: Floats, value: number): void {
  if (list.length === list.data.length) {
    const data = new Float64Array(list.length * 2);
    data.set(list.data);
    list.data = data;
  }
  list.data[list.length++] = value;
}

export function addFloats(list: Floats, values: Float64Array): void {
  const length = list.length + values.length;
  if (length > list.data.length) {
    const data = new Float64Array(Math.max(length, list.data.length * 2));
    data.set(list.data);
    list.data = data;
  }
  list.data.set(values, list.length);
  list.length = length;
}

/** Makes a list `length` long, all `value`; what it held is gone. */
export function fill(list: Ints, length: number, value: number): Int32Array {
  if (list.data.length < length) list.data = new Int32Array(length * 2);
  list.data.fill(value, 0, length);
  list.length = length;
  return list.data;
}

export function fillFloat(list: Floats, length: number, value: number): Float64Array {
  if (list.data.length < length) list.data = new Float64Array(length * 2);
  list.data.fill(value, 0, length);
  list.length = length;
  return list.data;
}

/** `start[k]` is where key k begins in `list`, whose entries are 0 ... count - 1 in order of their keys. */
export interface Groups {
  readonly start: Ints;
  readonly list: Ints;
}

export function groups(): Groups {
  return { start: ints(), list: ints() };
}

/** Sorts 0 ... count - 1 by key in linear time, into lists that are used again and again. */
export function group(into: Groups, keys: Int32Array, count: number, keyCount: number): void {
  const start = fill(into.start, keyCount + 1, 0);
  const list = fill(into.list, count, 0);
  for (let i = 0; i < count; i++) start[keys[i]!]!++;
  let sum = 0;
  for (let key = 0; key <= keyCount; key++) {
    sum += start[key]!;
    start[key] = sum;
  }
  for (let i = count - 1; i >= 0; i--) list[--start[keys[i]!]!] = i;
}

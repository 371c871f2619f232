/** Bytes from base64 and back, by the browser where it knows how: a report of 100,000 nodes is a megabyte of it. */

interface Decoder {
  readonly fromBase64?: (text: string) => Uint8Array;
}

export function fromBase64(text: string): Uint8Array {
  const known = (Uint8Array as unknown as Decoder).fromBase64;
  return known ? known.call(Uint8Array, text) : byHand(text);
}

/** A loop, where `Uint8Array.from` would ask a function for each of the bytes. */
export function byHand(text: string): Uint8Array {
  const chars = atob(text);
  const bytes = new Uint8Array(chars.length);
  for (let at = 0; at < chars.length; at++) bytes[at] = chars.charCodeAt(at);
  return bytes;
}

export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  // As many as a function takes arguments everywhere.
  for (let at = 0; at < bytes.length; at += 8192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  return btoa(parts.join(""));
}

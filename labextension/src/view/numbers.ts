/** Numbers as people read them. `Intl` would do it, and its first use costs more than the whole page's style: 13 ms. */

const UNITS = ["", "K", "M", "B"] as const;

/** `12,345`. */
export function spelled(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `999`, `1K`, `13M`, where there is room for four characters. */
export function short(number: number): string {
  let [rest, unit] = [number, 0];
  for (; Math.round(rest) >= 1000 && unit + 1 < UNITS.length; unit++) rest /= 1000;
  return `${Math.round(rest)}${UNITS[unit]}`;
}

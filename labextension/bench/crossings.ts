/** How many pairs of edges cross, estimated: some edges are drawn by lot and tried against all others. */

import { dice } from "../src/model/synthetic";

export interface Lines {
  readonly from: ArrayLike<number>;
  readonly to: ArrayLike<number>;
  readonly bends: ArrayLike<number>;
  readonly points: ArrayLike<number>;
}

/** Exact where there are no more edges than `sample`. Edges that share an end do not count: they part, they do not cross. */
export function crossings(lines: Lines, sample = 4000): number {
  const count = lines.from.length;
  const boxes = Array.from({ length: count }, (_, edge) => boxOf(lines, edge));
  const order = Array.from({ length: count }, (_, edge) => edge).sort((a, b) => boxes[a]![1] - boxes[b]![1]);
  const random = dice(7);
  const share = Math.min(1, sample / Math.max(1, count));
  let found = 0;
  for (let i = 0; i < count; i++) {
    if (random() >= share) continue;
    const one = order[i]!;
    for (let k = i + 1; k < count && boxes[order[k]!]![1] <= boxes[one]![3]; k++) {
      const other = order[k]!;
      if (boxes[other]![0] > boxes[one]![2] || boxes[other]![2] < boxes[one]![0]) continue;
      if (lines.from[one] === lines.from[other] || lines.to[one] === lines.to[other]) continue;
      if (cross(lines, one, other)) found++;
    }
  }
  return Math.round(found / share);
}

function boxOf({ bends, points }: Lines, edge: number): [number, number, number, number] {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let at = bends[edge]!; at < bends[edge + 1]!; at++) {
    x0 = Math.min(x0, points[2 * at]!);
    x1 = Math.max(x1, points[2 * at]!);
    y0 = Math.min(y0, points[2 * at + 1]!);
    y1 = Math.max(y1, points[2 * at + 1]!);
  }
  return [x0, y0, x1, y1];
}

function cross({ bends, points }: Lines, one: number, other: number): boolean {
  for (let i = bends[one]!; i + 1 < bends[one + 1]!; i++) {
    for (let k = bends[other]!; k + 1 < bends[other + 1]!; k++) {
      const side = (p: number, q: number, r: number) =>
        Math.sign(
          (points[2 * q]! - points[2 * p]!) * (points[2 * r + 1]! - points[2 * p + 1]!) -
            (points[2 * q + 1]! - points[2 * p + 1]!) * (points[2 * r]! - points[2 * p]!),
        );
      if (side(i, i + 1, k) * side(i, i + 1, k + 1) < 0 && side(k, k + 1, i) * side(k, k + 1, i + 1) < 0) return true;
    }
  }
  return false;
}

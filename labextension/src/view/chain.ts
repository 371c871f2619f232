/** Which node each step of "why frozen" speaks of. */

import type { ShownFinding } from "../schema";

/**
 * The steps end with the line that made the value a constant, which is no node. Of a long way Python tells the first
 * step, says in the second how many it leaves out, and tells the last ones.
 */
export function stepNodes({ chain, chain_text }: Pick<ShownFinding, "chain" | "chain_text">): readonly (number | null)[] {
  const told = chain_text.length - 1;
  const leftOut = chain.length - told;
  return chain_text.map((_, step) => {
    if (step === told || leftOut < 0) return null;
    if (step === 0) return chain[0] ?? null;
    return step === 1 && leftOut > 0 ? null : chain[step + leftOut] ?? null;
  });
}

/** Why there is nothing to show, in words for the user, with what to do. */

interface Refusal extends Error {
  readonly cure: string;
}

export function refusal(what: string, cure: string): Refusal {
  return Object.assign(new Error(what), { cure });
}

/** Empty where nobody knows what to do. */
export function cureOf(problem: unknown): string {
  return problem instanceof Error && "cure" in problem && typeof problem.cure === "string" ? problem.cure : "";
}

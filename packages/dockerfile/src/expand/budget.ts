/** Levels of `${a:-${b:-…}}`. */
const MAX_DEPTH = 100;
/** Characters that variables may add to one text. */
const MAX_SUBSTITUTED = 16 * 1024 * 1024;
/** Steps that the patterns of one text may take. */
const MAX_PATTERN_STEPS = 20_000_000;

/** Bounds what a short hostile text can cost. */
export class ExpansionBudget {
  readonly #exceeded: (problem: string) => Error;
  #depth = 0;
  #substituted = 0;
  #patternSteps = 0;

  constructor(exceeded: (problem: string) => Error) {
    this.#exceeded = exceeded;
  }

  get isNested(): boolean {
    return this.#depth > 0;
  }

  /** Runs `read` one level deeper. */
  nested<T>(read: () => T): T {
    if (this.#depth === MAX_DEPTH) throw this.#exceeded(`\${…} is nested more than ${MAX_DEPTH} levels deep`);
    this.#depth++;
    const result = read();
    this.#depth--;
    return result;
  }

  /** Before text of this length comes in place of a variable. */
  spendText(length: number): void {
    this.#substituted += length;
    if (this.#substituted > MAX_SUBSTITUTED) throw this.#exceeded('the variables expand to more than 16 MiB');
  }

  /** Before a pattern is matched with a value. */
  spendMatch(patternLength: number, valueLength: number): void {
    this.#patternSteps += (patternLength + 1) * (valueLength + 1);
    if (this.#patternSteps > MAX_PATTERN_STEPS) {
      throw this.#exceeded('the patterns are too long for values of that length');
    }
  }
}

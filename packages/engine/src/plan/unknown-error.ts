/** Ends the planning of a step whose inputs only a build can make. */
export class UnknownError extends Error {
  /** What has to run or be fetched first. */
  readonly until: string;

  constructor(until: string) {
    super(`not known before ${until}`);
    this.until = until;
  }
}

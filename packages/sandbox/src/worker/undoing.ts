/** What undoes a run, the last first. */
export class Undoing {
  readonly #before: (() => void)[] = [];
  readonly #after: (() => void)[] = [];

  /** To be done before anybody looks at what the command wrote. */
  before(undo: () => void): void {
    this.#before.push(undo);
  }

  /** To be done when there is time for it. */
  after(undo: () => void): void {
    this.#after.push(undo);
  }

  begin(): void {
    for (let undo = this.#before.pop(); undo !== undefined; undo = this.#before.pop()) undo();
  }

  finish(): void {
    this.begin();
    for (let undo = this.#after.pop(); undo !== undefined; undo = this.#after.pop()) undo();
  }
}

import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { makeLeaseDirectory, READ_ONLY, removeLeaseDirectory } from './lease-folders.ts';
import { unless } from './system-errors.ts';

const HEARTBEAT_MS = 60_000;
/** After this time a new period begins: what only an earlier one used is then protected by those who hold that one. */
const PERIOD_MS = 60_000;

export interface LeaseOptions {
  /** How long a period is, and how long it lasts unheld after the last use. @default a minute */
  readonly periodMs?: number | undefined;
  /** @default a minute */
  readonly heartbeatMs?: number;
}

/** A time from which on nothing that is used is collected, while somebody holds it. */
interface Period {
  /** Its folder in `tmp/`; undefined in a store that cannot be written to. */
  readonly directory: string | undefined;
  /** Milliseconds since 1970, taken once other processes can see the folder. */
  readonly since: number;
  holders: number;
}

/**
 * One process's use of the store. It protects what the process uses in periods: the first use begins one, which lasts while it is
 * held, as by a build, and else until nothing was used for a while. So a process that stays for days does not keep what it
 * used on its first.
 */
export class Lease {
  /** The scratch space, a folder in `tmp/`. */
  readonly directory: string;
  readonly #temporary: string;
  readonly #periodMs: number;
  readonly #heartbeat: NodeJS.Timeout;
  readonly #periods = new Set<Period>();
  #current: Period | undefined;
  #lastUse = 0;
  #count = 0;

  constructor(temporary: string, { periodMs = PERIOD_MS, heartbeatMs = HEARTBEAT_MS }: LeaseOptions = {}) {
    this.#temporary = temporary;
    this.#periodMs = periodMs;
    this.directory = makeLeaseDirectory(temporary, 'open') ?? join(temporary, 'none');
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs);
    this.#heartbeat.unref();
  }

  /**
   * When the present period began. A file last used before must be marked as used; one used later is protected already, be it
   * by this lease or, for a collector that overlooked the lease, by its own start.
   */
  get since(): number {
    return this.#use().since;
  }

  /** Keeps what is used from now on, until what is returned is called. */
  hold(): () => void {
    const period = this.#use();
    period.holders += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      period.holders -= 1;
      if (period !== this.#current) this.#endUnheld(period);
    };
  }

  /** Gives up what was used and is not held, at once instead of after a while. */
  endUnheld(): void {
    for (const period of this.#periods) this.#endUnheld(period);
    if (this.#current?.holders === 0) this.#current = undefined;
  }

  /** A path in the scratch space that nothing else uses. */
  newPath(): string {
    this.#count += 1;
    return join(this.directory, String(this.#count));
  }

  end(): void {
    clearInterval(this.#heartbeat);
    for (const period of this.#periods) this.#remove(period);
    this.#current = undefined;
    removeLeaseDirectory(this.directory);
  }

  #use(): Period {
    const now = Date.now();
    this.#lastUse = now;
    if (this.#current !== undefined && now - this.#current.since < this.#periodMs) return this.#current;
    return this.#begin();
  }

  /** The new period is there before the old one ends. */
  #begin(): Period {
    const before = this.#current;
    const directory = makeLeaseDirectory(this.#temporary, 'lease');
    const period: Period = { directory, since: Date.now(), holders: 0 };
    this.#periods.add(period);
    this.#current = period;
    if (before !== undefined) this.#endUnheld(before);
    return period;
  }

  #endUnheld(period: Period): void {
    if (period.holders === 0) this.#remove(period);
  }

  #remove(period: Period): void {
    this.#periods.delete(period);
    if (period.directory !== undefined) removeLeaseDirectory(period.directory);
  }

  #beat(): void {
    const isIdle = Date.now() - this.#lastUse > this.#periodMs;
    if (isIdle && this.#current?.holders === 0) {
      this.#remove(this.#current);
      this.#current = undefined;
    }
    for (const directory of [this.directory, ...[...this.#periods].flatMap((period) => period.directory ?? [])]) {
      unless([...READ_ONLY, 'ENOENT'], () => utimesSync(directory, new Date(), new Date()));
    }
  }
}

import type { EntryHeaders } from './decode-entry.ts';
import { TYPE_FLAG } from './header.ts';
import { type PaxRecords, parsePax } from './pax.ts';

const NO_RECORDS: PaxRecords = new Map();
/** The records that replace fields of the header. Of global headers only these are kept: an archive may have any number. */
const FIELDS = ['path', 'linkpath', 'size', 'uid', 'gid', 'mtime'];

/** What headers say of the entry after them. */
export class PendingHeaders {
  #global: PaxRecords = NO_RECORDS;
  #pax: PaxRecords | undefined;
  #longName: Buffer | undefined;
  #longLink: Buffer | undefined;

  /** True when an entry has been announced. */
  get isWaiting(): boolean {
    return this.#pax !== undefined || this.#longName !== undefined || this.#longLink !== undefined;
  }

  /** True for a header that describes the entry after it. */
  accepts(type: number): boolean {
    return (
      type === TYPE_FLAG.pax ||
      type === TYPE_FLAG.paxGlobal ||
      type === TYPE_FLAG.gnuLongName ||
      type === TYPE_FLAG.gnuLongLink
    );
  }

  /** Takes the contents of such a header and keeps parts of them. @throws {LayerError} */
  add(type: number, body: Buffer): void {
    if (type === TYPE_FLAG.pax) this.#pax = parsePax(body);
    else if (type === TYPE_FLAG.paxGlobal) this.#addGlobal(parsePax(body));
    else if (type === TYPE_FLAG.gnuLongName) this.#longName = untilNul(body);
    else this.#longLink = untilNul(body);
  }

  /** Everything that holds for the entry that comes now. */
  take(): Pick<EntryHeaders, 'pax' | 'longName' | 'longLink'> {
    const taken = { pax: this.#merged(), longName: this.#longName, longLink: this.#longLink };
    this.#pax = undefined;
    this.#longName = undefined;
    this.#longLink = undefined;
    return taken;
  }

  #addGlobal(records: PaxRecords): void {
    const fields = [...records].filter(([key]) => FIELDS.includes(key));
    this.#global = new Map([...this.#global, ...fields]);
  }

  /** An empty value takes back what a global header, or the plain one, said. */
  #merged(): PaxRecords {
    if (this.#global.size === 0 && this.#pax === undefined) return NO_RECORDS;
    const merged = new Map([...this.#global, ...(this.#pax ?? NO_RECORDS)]);
    for (const key of FIELDS) if (merged.get(key)?.length === 0) merged.delete(key);
    return merged;
  }
}

function untilNul(body: Buffer): Buffer {
  const end = body.indexOf(0);
  return end === -1 ? body : body.subarray(0, end);
}

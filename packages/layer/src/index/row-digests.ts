import { ByteSink } from './byte-sink.ts';
import { DIGEST_BYTES } from './format.ts';
import { NO_NUMBER, type Row } from './rows.ts';

/** SHA-256 digests by number, as bytes: there may be very many. */
export class RowDigests {
  #bytes = new ByteSink();

  /** The number of a digest, of which the text is hex digits, perhaps after `sha256:`. */
  add(digest: string): number {
    const number = this.#bytes.length / DIGEST_BYTES;
    this.#bytes.sha256(digest);
    return number;
  }

  /** Valid until the next one is added. */
  bytes(number: number): Uint8Array {
    return this.#bytes.view().subarray(number * DIGEST_BYTES, (number + 1) * DIGEST_BYTES);
  }

  /** Forgets all but those of `rows` and of the files that they are further names of. */
  keepOnly(rows: readonly Row[]): void {
    const files = new Set(rows.map((row) => (row.type === 'whiteout' ? undefined : (row.linkOf ?? row))));
    const kept = new ByteSink();
    for (const file of files) {
      if (file === undefined || file.digest === NO_NUMBER) continue;
      kept.bytes(this.bytes(file.digest));
      file.digest = kept.length / DIGEST_BYTES - 1;
    }
    this.#bytes = kept;
  }
}

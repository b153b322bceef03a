import { type Ingest, type PackedFolder, type RootfsLayer, toDiffId, type WrittenLayer } from '@tsbuild/core';
import type {
  ArchiveJob,
  FromArchiver,
  PackChangesJob,
  PackFolderJob,
  PackJob,
  Unpacked,
  UnpackJob,
} from './archive-job.ts';
import { receiveFrames, sendFrames } from './frames.ts';
import { HelperProcess } from './helper-process.ts';
import { fromWireError } from './wire-error.ts';

type Answer = Exclude<FromArchiver, { kind: 'ready' }>;

interface PendingJob {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** An archiver as its parent sees it: one job at a time. After a failure it is of no more use. */
export class ArchiverProcess {
  readonly #helper: HelperProcess<ArchiveJob, FromArchiver>;
  /** Resolves when it takes jobs, or when it is certain that it never will. */
  readonly isReady: Promise<boolean>;
  #becomes: ((isReady: boolean) => void) | undefined;
  #job: PendingJob | undefined;
  #failure: Error | undefined;

  constructor(prefix: readonly string[]) {
    this.isReady = new Promise((resolve) => {
      this.#becomes = resolve;
    });
    this.#helper = new HelperProcess(new URL('./archiver.js', import.meta.url), { prefix, stdio: 'pipes' });
    this.#helper.child.stdin?.on('error', () => undefined); // the process ended: reported by its end
    this.#helper.listen(
      (message) => this.#receive(message),
      (error) => {
        this.#failure = error;
        this.#becomes?.(false);
        this.#job?.reject(error);
      },
    );
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Unpacks a layer; returns the folders that its tar did not name. */
  async unpack(job: Omit<UnpackJob, 'tellsContents'>, layer: RootfsLayer): Promise<readonly string[]> {
    let implicit: readonly string[] = [];
    await layer.read(async (tar, tellsContents) => {
      const unpacked = await this.#unpack({ ...job, tellsContents }, tar);
      implicit = unpacked.implicit;
      return unpacked.contents;
    });
    return implicit;
  }

  async #unpack(job: UnpackJob, tar: AsyncIterable<Uint8Array>): Promise<Unpacked> {
    const { stdin } = this.#helper.child;
    if (stdin === null) throw new Error('the archiver has no input');
    const controller = new AbortController();
    const answer = this.#do(job);
    answer.catch((error: unknown) => controller.abort(error));
    try {
      await sendFrames(stdin, tar, controller.signal);
    } catch (error) {
      answer.catch(() => undefined);
      throw controller.signal.aborted ? controller.signal.reason : this.#spoiled(error);
    }
    const answered = await answer;
    if (answered.kind !== 'unpacked') throw new Error('the archiver unpacked nothing');
    return answered;
  }

  /** Writes the layer of an upper folder into `ingest`; says also whether the folder is now exactly what the layer says. */
  async pack(
    job: PackJob | PackChangesJob,
    ingest: Ingest,
  ): Promise<{ readonly layer: WrittenLayer; readonly isExact: boolean }> {
    const answered = await this.#pack(job, ingest);
    if (answered.kind !== 'packed') throw new Error('the archiver packed nothing');
    return { layer: await committed(answered.layer, ingest), isExact: answered.isExact };
  }

  /** Writes the layer of a folder into `ingest`. */
  async packFolder(job: PackFolderJob, ingest: Ingest): Promise<PackedFolder> {
    const answered = await this.#pack(job, ingest);
    if (answered.kind !== 'packed-folder') throw new Error('the archiver packed no folder');
    const { layer, count, size } = answered;
    return { layer: await committed(layer, ingest), count, size };
  }

  async #pack(job: PackJob | PackChangesJob | PackFolderJob, ingest: Ingest): Promise<Answer> {
    const { stdout } = this.#helper.child;
    if (stdout === null) throw new Error('the archiver has no output');
    const answer = this.#do(job);
    try {
      await Promise.race([writeAll(receiveFrames(stdout), ingest), failureOf(answer)]);
    } catch (error) {
      answer.catch(() => undefined);
      throw this.#spoiled(error);
    }
    return answer;
  }

  /** A job that is neither. */
  async do(job: Exclude<ArchiveJob, { kind: 'unpack' | 'pack' | 'pack-changes' | 'pack-folder' }>): Promise<void> {
    await this.#do(job);
  }

  /** Ends it; a job that it does fails. */
  async kill(): Promise<void> {
    this.#failure ??= new Error('the archiver was ended');
    this.#becomes?.(false);
    await this.#helper.kill();
  }

  #do(job: ArchiveJob): Promise<Answer> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#job = { resolve, reject };
      this.#helper.send(job);
    });
  }

  #receive(message: FromArchiver): void {
    if (message.kind === 'ready') this.#becomes?.(true);
    else if (message.kind === 'error') this.#job?.reject(this.#spoiled(fromWireError(message.error)));
    else this.#job?.resolve(message);
  }

  /** Its pipes hold the rest of a stream. */
  #spoiled<E>(error: E): E {
    this.#failure = error instanceof Error ? error : new Error(String(error));
    void this.kill();
    return error;
  }
}

async function writeAll(bytes: AsyncIterable<Uint8Array>, ingest: Ingest): Promise<void> {
  for await (const piece of bytes) {
    const written = ingest.write(piece);
    if (written !== undefined) await written;
  }
}

function failureOf(answer: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => {
    answer.catch(reject);
  });
}

/** The layer whose tar is in `ingest`, which is kept. */
async function committed(layer: Omit<WrittenLayer, 'diffId'>, ingest: Ingest): Promise<WrittenLayer> {
  const { digest } = await ingest.commit({ size: layer.size });
  return { ...layer, diffId: toDiffId(digest) };
}

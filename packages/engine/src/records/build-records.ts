import { createReadStream } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type ByteStream, NotFoundError, systemErrorCode } from '@tsbuild/core';
import { type BuildRecord, isBuildId, logFile, RECORD_FILE, RECORD_VERSION, timeOfBuildId } from './build-record.ts';

/** Builds of the past, those that failed too: the newest 200, and no more than the store has room for. */
export interface BuildRecords {
  /** Newest first. */
  list(): Promise<readonly BuildRecord[]>;
  /** By id, the start of one, or `latest`. @throws {NotFoundError} */
  get(id: string): Promise<BuildRecord>;
  /** Everything that a step printed, both streams as they came. @throws {NotFoundError} when it printed nothing */
  log(record: BuildRecord, step: string): ByteStream;
  /** Forgets a build, with its logs. */
  remove(record: BuildRecord): Promise<void>;
}

/** `folder` is the store's folder for records. */
export function createBuildRecords(folder: string): BuildRecords {
  async function ids(): Promise<string[]> {
    const names = await readdir(folder);
    return names.filter(isBuildId).sort().reverse();
  }
  return {
    async list() {
      const records: BuildRecord[] = [];
      for (const id of await ids()) records.push(await read(folder, id));
      return records;
    },
    async get(id) {
      const found = (await ids()).filter((each) => id === 'latest' || each.startsWith(id));
      const [first, ...more] = found;
      if (first === undefined) throw new NotFoundError(`no build ${JSON.stringify(id)} is recorded`);
      if (more.length > 0 && id !== 'latest')
        throw new NotFoundError(`${found.length} builds begin with ${JSON.stringify(id)}`, {
          hint: 'give more of the id',
        });
      return read(folder, first);
    },
    log: (record, step) => readLog(join(folder, record.id, logFile(step)), step),
    remove: ({ id }) => rm(join(folder, id), { recursive: true, force: true }),
  };
}

async function read(folder: string, id: string): Promise<BuildRecord> {
  const text = await readFile(join(folder, id, RECORD_FILE), 'utf8').catch(() => '');
  return parse(text) ?? unfinished(id);
}

function parse(text: string): BuildRecord | undefined {
  try {
    const { v, ...record } = JSON.parse(text);
    return v === RECORD_VERSION ? record : undefined;
  } catch {
    return undefined;
  }
}

/** What is known of a build that wrote no record. */
function unfinished(id: string): BuildRecord {
  const about = { name: '', dockerfile: '', source: '', target: '', platform: '', images: [] };
  return { id, ...about, startedAt: timeOfBuildId(id), durationMs: 0, status: 'interrupted', steps: [], warnings: [] };
}

async function* readLog(path: string, step: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') throw new NotFoundError(`step ${step} printed nothing`);
    throw error;
  }
}

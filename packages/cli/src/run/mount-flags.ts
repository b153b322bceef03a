import { resolve } from 'node:path';
import { UsageError } from '@tsbuild/core';
import type { CommandMount } from '@tsbuild/engine';
import { readShmSize } from '../build/limit-flags.ts';
import { readCsvPairs } from '../flags/csv.ts';

/** `--volume SOURCE:PATH[:ro|rw]`. @throws {UsageError} */
export function readVolume(text: string, cwd: string): CommandMount {
  const [source = '', target, mode = 'rw', ...more] = text.split(':');
  if (target === undefined) throw refused(text, 'a volume without a source', 'what is written is not kept anyway');
  if (!/^(?:\/|\.\.?(?:\/|$))/.test(source)) {
    throw refused(text, 'a named volume', 'name a folder of this machine: /folder, ./folder');
  }
  if (more.length > 0 || !['ro', 'rw'].includes(mode)) throw refused(text, `the option ${mode}`, 'expected ro or rw');
  return { type: 'bind', source: resolve(cwd, source), target, readOnly: mode === 'ro' };
}

/** `--mount type=bind,source=PATH,target=PATH[,readonly]` or `type=tmpfs,target=PATH[,tmpfs-size=BYTES]`. @throws {UsageError} */
export function readMount(text: string, cwd: string): CommandMount {
  const bare = text.replace(/(^|,)(readonly|ro)(?=,|$)/g, '$1$2=true');
  const fields = readCsvPairs('--mount', bare);
  const take = fieldReader(fields);
  const type = take('type') ?? 'volume';
  const target = take('target', 'destination', 'dst') ?? '';
  const source = take('source', 'src');
  const readOnly = take('readonly', 'ro');
  const size = type === 'tmpfs' ? take('tmpfs-size') : undefined;
  const [unknown] = take.rest();
  if (unknown !== undefined) throw new UsageError(`--mount ${text}: ${unknown} is not supported`);
  if (target === '') throw new UsageError(`--mount ${text} has no target`);
  if (type === 'tmpfs' && source === undefined && readOnly === undefined) return tmpfs(target, size);
  if (type !== 'bind' || source === undefined) {
    throw new UsageError(`unsupported value of --mount: ${text}`, {
      hint: 'expected type=bind with a source, or type=tmpfs',
    });
  }
  return { type, source: resolve(cwd, source), target, readOnly: isTrue(readOnly, text) };
}

/** `--tmpfs PATH[:size=BYTES]`. @throws {UsageError} */
export function readTmpfs(text: string): CommandMount {
  const [target = '', options] = text.split(/:(.*)/s);
  if (options === undefined) return tmpfs(target, undefined);
  const fields = readCsvPairs('--tmpfs', options);
  const size = fields.get('size');
  if (fields.size === 1 && size !== undefined) return tmpfs(target, size);
  throw new UsageError(`unsupported option of --tmpfs ${text}`, { hint: 'the only one is size' });
}

function tmpfs(target: string, size: string | undefined): CommandMount {
  const { shmSize } = readShmSize(size);
  return { type: 'tmpfs', target, ...(shmSize === undefined ? {} : { sizeBytes: shmSize }) };
}

/** Takes fields under any of their names, and knows which were never asked for. */
function fieldReader(fields: ReadonlyMap<string, string>) {
  const left = new Map(fields);
  const take = (...names: readonly string[]): string | undefined => {
    const name = names.find((candidate) => left.has(candidate));
    const value = name === undefined ? undefined : left.get(name);
    if (name !== undefined) left.delete(name);
    return value;
  };
  return Object.assign(take, { rest: () => [...left.keys()] });
}

function isTrue(value: string | undefined, text: string): boolean {
  if (value === undefined || value === 'false' || value === '0') return false;
  if (value === 'true' || value === '1') return true;
  throw new UsageError(`--mount ${text}: readonly is true or false`);
}

function refused(text: string, what: string, hint: string): UsageError {
  return new UsageError(`--volume ${text}: ${what} is not supported`, { hint });
}

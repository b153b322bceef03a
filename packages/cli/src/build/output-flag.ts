import { UsageError } from '@tsbuild/core';
import type { ImageOutputOptions, OutputOptions } from '@tsbuild/engine';
import { readCsvPairs, splitCsv } from '../flags/csv.ts';
import { oneOf } from './choice.ts';

/** Stands for standard output in an output's `dest`. */
export const STDOUT = '-';

const TYPES = ['image', 'registry', 'oci', 'docker'] as const;
const LATER = new Map([
  ['local', 'a folder with the files of the image'],
  ['tar', 'an archive with the files of the image'],
]);

/** Keys every type has. Those without an effect say what is so anyway. */
const IMAGE_KEYS = ['compression', 'compression-level', 'force-compression', 'oci-mediatypes', 'oci-artifact'];
const KEYS = {
  image: [...IMAGE_KEYS, 'name', 'push', 'store'],
  registry: [...IMAGE_KEYS, 'name', 'push'],
  oci: [...IMAGE_KEYS, 'dest', 'tar'],
  docker: [...IMAGE_KEYS, 'dest', 'tar'],
} as const;

/**
 * `--output type=TYPE[,KEY=VALUE]…` as buildx reads it. One of several names (`"name=a,b"`) makes one output each.
 * @throws {UsageError}
 */
export function readOutput(text: string): readonly OutputOptions[] {
  const flag = '--output';
  const [first = '', ...more] = splitCsv(flag, text);
  if (more.length === 0 && first === text && !text.startsWith('type='))
    throw notYet(text, text === STDOUT ? 'tar' : 'local');
  const fields = readCsvPairs(flag, text);
  const typed = fields.get('type');
  if (typed === undefined)
    throw new UsageError(`--output ${text} has no type`, { hint: `expected type=${TYPES.join('|')}` });
  if (LATER.has(typed)) throw notYet(text, typed);
  const type = oneOf('type of --output', typed, TYPES);
  const known: readonly string[] = KEYS[type];
  const unknown = [...fields.keys()].find((key) => key !== 'type' && !known.includes(key));
  if (unknown !== undefined) {
    throw new UsageError(`--output type=${type} does not support ${JSON.stringify(unknown)}`, {
      hint: `it has ${known.join(', ')}`,
    });
  }
  return toOutputs(type, fields);
}

function toOutputs(type: (typeof TYPES)[number], fields: ReadonlyMap<string, string>): readonly OutputOptions[] {
  const image = imageOptions(fields);
  const dest = fields.get('dest');
  const isTar = readBool('tar', fields.get('tar')) ?? true;
  if (type === 'oci') return [{ type, dest: dest ?? STDOUT, tar: requireFile(isTar, dest), ...image }];
  if (type === 'docker') {
    if (!isTar) throw new UsageError('--output type=docker does not support tar=false', { hint: 'type=oci does' });
    return dest === undefined ? [{ type: 'image', ...image }] : [{ type, dest, ...image }];
  }
  const push = readBool('push', fields.get('push')) ?? type === 'registry';
  if (readBool('store', fields.get('store')) === false && !push) {
    throw new UsageError('--output type=image does not support store=false', { hint: 'leave it out' });
  }
  const names = fields.get('name')?.split(',') ?? [undefined];
  return names.map((name) => ({
    type: push ? 'registry' : 'image',
    ...(name === undefined ? {} : { name }),
    ...image,
  }));
}

function requireFile(isTar: boolean, dest: string | undefined): boolean {
  if (!isTar && (dest === undefined || dest === STDOUT)) throw new UsageError('--output tar=false needs dest=FOLDER');
  return isTar;
}

function imageOptions(fields: ReadonlyMap<string, string>): ImageOutputOptions {
  const compression = fields.get('compression');
  const level = fields.get('compression-level');
  const force = readBool('force-compression', fields.get('force-compression'));
  const oci = readBool('oci-mediatypes', fields.get('oci-mediatypes'));
  const artifact = readBool('oci-artifact', fields.get('oci-artifact'));
  return {
    ...(compression === undefined
      ? {}
      : { compression: oneOf('compression of --output', compression, ['gzip', 'zstd', 'uncompressed']) }),
    ...(level === undefined ? {} : { compressionLevel: readLevel(level, compression) }),
    ...(force === undefined ? {} : { forceCompression: force }),
    ...(oci === undefined ? {} : { ociMediaTypes: oci }),
    ...(artifact === undefined ? {} : { ociArtifact: artifact }),
  };
}

function readLevel(text: string, compression = 'gzip'): number {
  const [least, most] = compression === 'zstd' ? [1, 22] : [0, 9];
  const level = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (compression !== 'uncompressed' && level >= least && level <= most) return level;
  const hint = compression === 'uncompressed' ? 'leave it out' : `expected ${least} to ${most} for ${compression}`;
  throw new UsageError(`invalid compression-level ${JSON.stringify(text)} in --output`, { hint });
}

function readBool(key: string, value: string | undefined): boolean | undefined {
  return value === undefined ? undefined : oneOf(`${key} of --output`, value, ['true', 'false']) === 'true';
}

function notYet(text: string, type: string): UsageError {
  return new UsageError(`--output ${text} is not supported: ${LATER.get(type) ?? type} cannot be written yet`, {
    hint: 'type=oci,dest=FILE writes the image as an archive',
  });
}

import { UsageError } from '@tsbuild/core';
import type { ImageOutputOptions, OutputOptions } from '@tsbuild/engine';
import { readCsvPairs, splitCsv } from '../flags/csv.ts';
import { oneOf } from './choice.ts';
import { checkFields, type OutputFields, readBool } from './output-fields.ts';
import { annotationKey } from './output-options.ts';

/** Stands for standard output in an output's `dest`. */
export const STDOUT = '-';

const TYPES = ['image', 'registry', 'oci', 'docker', 'local', 'tar', 'cacheonly'] as const;

/**
 * `--output type=TYPE[,KEY=VALUE]…` as buildx reads it; a path alone is a folder for the files, and `-` a tar of them on
 * standard output. `type=cacheonly` asks for no output at all.
 * @throws {UsageError}
 */
export function readOutput(text: string): readonly OutputOptions[] {
  const flag = '--output';
  const [first = '', ...more] = splitCsv(flag, text);
  if (more.length === 0 && first === text && !text.includes('='))
    return [text === STDOUT ? { type: 'tar', dest: STDOUT } : { type: 'local', dest: text }];
  const fields = readCsvPairs(flag, text);
  const typed = fields.get('type');
  if (typed === undefined)
    throw new UsageError(`--output ${text} has no type`, { hint: `expected type=${TYPES.join('|')}` });
  const type = oneOf('type of --output', typed, TYPES);
  checkFields(type, fields);
  return type === 'cacheonly' ? [] : [toOutput(type, fields)];
}

function toOutput(type: OutputOptions['type'], fields: OutputFields): OutputOptions {
  switch (type) {
    case 'local':
      return { type, dest: folderOf(type, fields), ...readMode(fields.get('mode')), ...readSplit(fields) };
    case 'tar':
      return { type, dest: fields.get('dest') ?? STDOUT, ...readSplit(fields) };
    case 'oci': {
      const tar = readBool(fields, 'tar') ?? true;
      const dest = tar ? (fields.get('dest') ?? STDOUT) : folderOf('oci,tar=false', fields);
      return { type, dest, tar, ...readName(fields), ...imageOptions(fields) };
    }
    case 'docker':
      return readDocker(fields);
    case 'image':
    case 'registry':
      return readNamed(readBool(fields, 'push') ?? type === 'registry', fields);
    default:
      return type satisfies never;
  }
}

function readDocker(fields: OutputFields): OutputOptions {
  if (readBool(fields, 'tar') === false)
    throw new UsageError('--output type=docker does not support tar=false', { hint: 'type=oci does' });
  const dest = fields.get('dest');
  const image = { ...readName(fields), ...imageOptions(fields) };
  const engine = fields.get('engine');
  if (dest !== undefined && engine !== undefined)
    throw new UsageError('--output type=docker has either dest or engine', { hint: 'dest writes an archive' });
  return {
    type: 'docker',
    ...(dest === undefined ? {} : { dest }),
    ...(engine === undefined
      ? {}
      : { engine: oneOf('engine of --output', engine, ['docker', 'podman', 'containerd']) }),
    ...image,
  };
}

function readNamed(isPushed: boolean, fields: OutputFields): OutputOptions {
  const byDigest = readBool(fields, 'push-by-digest');
  const canonical = readBool(fields, 'name-canonical');
  const prefix = fields.get('dangling-name-prefix');
  const common = { ...readName(fields), ...imageOptions(fields) };
  if (isPushed) return { type: 'registry', ...common, ...(byDigest === undefined ? {} : { pushByDigest: byDigest }) };
  return {
    type: 'image',
    ...common,
    ...(canonical === undefined ? {} : { nameCanonical: canonical }),
    ...(prefix === undefined ? {} : { danglingNamePrefix: prefix }),
  };
}

function readName(fields: OutputFields): { readonly name?: string } {
  const name = fields.get('name');
  return name === undefined ? {} : { name };
}

function readMode(mode: string | undefined): { readonly mode?: 'copy' | 'delete' } {
  return mode === undefined ? {} : { mode: oneOf('mode of --output', mode, ['copy', 'delete']) };
}

function readSplit(fields: OutputFields): { readonly platformSplit?: boolean } {
  const split = readBool(fields, 'platform-split');
  return split === undefined ? {} : { platformSplit: split };
}

function folderOf(type: string, fields: OutputFields): string {
  const dest = fields.get('dest');
  if (dest !== undefined && dest !== STDOUT && dest !== '') return dest;
  throw new UsageError(`--output type=${type} needs dest=FOLDER`);
}

function imageOptions(fields: OutputFields): ImageOutputOptions {
  const compression = fields.get('compression');
  const level = fields.get('compression-level');
  const force = readBool(fields, 'force-compression');
  const oci = readBool(fields, 'oci-mediatypes');
  const artifact = readBool(fields, 'oci-artifact');
  const annotations = [...fields].flatMap(([name, value]) => {
    const key = annotationKey(name);
    return key === undefined ? [] : [[key, value] as const];
  });
  return {
    ...(compression === undefined
      ? {}
      : { compression: oneOf('compression of --output', compression, ['gzip', 'zstd', 'uncompressed']) }),
    ...(level === undefined ? {} : { compressionLevel: readLevel('--output', level, compression) }),
    ...(force === undefined ? {} : { forceCompression: force }),
    ...(oci === undefined ? {} : { ociMediaTypes: oci }),
    ...(artifact === undefined ? {} : { ociArtifact: artifact }),
    ...readSquash(fields.get('squash')),
    ...(annotations.length === 0 ? {} : { annotations: Object.fromEntries(annotations) }),
  };
}

function readSquash(text: string | undefined): Pick<ImageOutputOptions, 'squash'> {
  if (text === undefined) return {};
  const [, stage] = /^stage:(.+)$/.exec(text) ?? [];
  return {
    squash: stage === undefined ? oneOf('squash of --output', text, ['all', 'base', 'stages']) : `stage:${stage}`,
  };
}

/** Levels of gzip are 0 to 9, of zstd 1 to 22. @throws {UsageError} */
export function readLevel(flag: string, text: string, compression = 'gzip'): number {
  const [least, most] = compression === 'zstd' ? [1, 22] : [0, 9];
  const level = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  if (compression !== 'uncompressed' && level >= least && level <= most) return level;
  const hint = compression === 'uncompressed' ? 'leave it out' : `expected ${least} to ${most} for ${compression}`;
  throw new UsageError(`invalid compression-level ${JSON.stringify(text)} in ${flag}`, { hint });
}

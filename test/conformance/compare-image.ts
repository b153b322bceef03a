import { createHash } from 'node:crypto';
import { formatPlatform, type ImageConfig } from '@tsbuild/core';
import { diffFacts, type Facts } from '../support/tree-facts.ts';
import type { ExpectedEntry, ExpectedImage } from './case.ts';

/** What a case's result is compared with, besides the case itself. */
export interface Base {
  readonly config: ImageConfig | undefined;
  readonly facts: ReadonlyMap<string, Facts>;
}

/** Differences between an image and what a case expects, one line each. */
export function compareImage(
  expected: ExpectedImage,
  base: Base,
  config: ImageConfig,
  facts: ReadonlyMap<string, Facts>,
): string[] {
  return [
    ...compareValue('platform', expected.platform, formatPlatform(config)),
    ...compareConfig(expected.config, config),
    ...compareHistory(expected, base, config),
    ...diffFacts(expectedFacts(expected, base), facts),
  ];
}

function compareConfig(expected: ExpectedImage['config'], { author, config }: ImageConfig): string[] {
  const actual: Record<string, unknown> = { ...config, ...(author === undefined ? {} : { Author: author }) };
  const fields = Object.keys({ ...expected, ...actual }).sort();
  return fields.flatMap((field) => compareValue(`config.${field}`, expected[field], actual[field]));
}

function compareHistory(expected: ExpectedImage, base: Base, config: ImageConfig): string[] {
  const history = (config.history ?? []).slice(base.config?.history?.length ?? 0);
  const layers = config.rootfs.diff_ids.length - (base.config?.rootfs.diff_ids.length ?? 0);
  const flags = history.map(({ empty_layer }) => empty_layer === true);
  const createdBy = history.map(({ created_by }) => created_by ?? '');
  return [
    ...compareValue('layers', expected.nonEmptyLayers, layers),
    ...compareValue('layers that the history names', layers, flags.filter((isEmpty) => !isEmpty).length),
    ...compareValue('history empty_layer', expected.historyEmptyFlags, flags),
    ...compareValue('history created_by', expected.historyCreatedBy, createdBy),
  ];
}

/** Absent and empty are the same: Docker writes one, BuildKit the other. */
function compareValue(what: string, expected: unknown, actual: unknown): string[] {
  const [want, got] = [canonical(expected), canonical(actual)];
  return want === got ? [] : [`${what}: expected ${want}, got ${got}`];
}

function canonical(value: unknown): string {
  if (value === undefined || value === null || value === '' || value === false || value === 0) return '(nothing)';
  if (Array.isArray(value)) return value.length === 0 ? '(nothing)' : JSON.stringify(value);
  if (typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? '(nothing)' : JSON.stringify(Object.fromEntries(entries));
}

function expectedFacts(expected: ExpectedImage, base: Base): Map<string, Facts> {
  const facts = new Map(base.facts);
  for (const path of facts.keys()) {
    if (expected.removed.some((gone) => path === gone || path.startsWith(`${gone}/`))) facts.delete(path);
  }
  for (const [path, entry] of Object.entries(expected.tree)) facts.set(path, toFacts(entry));
  return facts;
}

function toFacts(entry: ExpectedEntry): Facts {
  const xattrs = Object.entries(entry.xattrs ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const sha256 = entry.content === undefined ? entry.sha256 : createHash('sha256').update(entry.content).digest('hex');
  return {
    type: entry.type === 'dir' ? 'directory' : entry.type,
    mode: entry.type === 'symlink' ? '0777' : entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    ...(entry.type !== 'file' || entry.size === undefined ? {} : { size: entry.size }),
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(entry.link === undefined ? {} : { link: entry.link }),
    ...(entry.hardlinkTo === undefined ? {} : { hardlinkTo: entry.hardlinkTo }),
    ...(entry.major === undefined ? {} : { device: `${entry.major}:${entry.minor ?? 0}` }),
    ...(xattrs.length === 0
      ? {}
      : { xattrs: Object.fromEntries(xattrs.map(([name, text]) => [name, toBase64(text)])) }),
  };
}

function toBase64(text: string): string {
  return text.startsWith('base64:') ? text.slice('base64:'.length) : Buffer.from(text).toString('base64');
}

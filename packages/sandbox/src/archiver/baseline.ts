import { type BigIntStats, readFileSync, writeFileSync } from 'node:fs';
import { decodeName, joinPath } from '@tsbuild/core';
import { sortedNames } from './entry-writer.ts';
import { keptXattrs } from './kept-xattrs.ts';
import { lstatOrUndefined } from './lower-view.ts';

/** What a root was before a command ran, by path; what must differ in a file for it to be changed. */
export type Baseline = ReadonlyMap<string, string>;

/** Notes the state of a root in a file. */
export function writeBaseline(root: string, file: string): void {
  const states: [string, string][] = [];
  collect(root, '', states);
  writeFileSync(file, JSON.stringify(states));
}

export function readBaseline(file: string): Baseline {
  return new Map(JSON.parse(readFileSync(file, 'utf8')) as [string, string][]);
}

/** Of a folder neither its time nor its size count. */
export function stateOf(disk: string, stats: BigIntStats): string {
  const { mode, uid, gid, ino, size, mtimeNs, rdev } = stats;
  const xattrs = Object.entries(keptXattrs(disk) ?? {}).map(([name, value]) => `${name}=${decodeName(value)}`);
  const facts = stats.isDirectory() ? [] : [ino, size, mtimeNs, rdev];
  return [mode, uid, gid, ...facts, ...xattrs].join(' ');
}

function collect(root: string, path: string, states: [string, string][]): void {
  for (const name of sortedNames(path === '' ? root : `${root}/${path}`)) {
    const child = joinPath(path, name);
    const disk = `${root}/${child}`;
    const stats = lstatOrUndefined(disk);
    if (stats === undefined) continue;
    states.push([child, stateOf(disk, stats)]);
    if (stats.isDirectory()) collect(root, child, states);
  }
}

import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { storeRoot } from './root.ts';

const ENV = { TSBUILD_ROOT: '/env', XDG_DATA_HOME: '/data', HOME: '/home/me' };

test('the option wins over TSBUILD_ROOT, that over XDG_DATA_HOME, that over the home folder', () => {
  expect(storeRoot('/option', ENV)).toBe('/option');
  expect(storeRoot(undefined, ENV)).toBe('/env');
  expect(storeRoot(undefined, { ...ENV, TSBUILD_ROOT: '' })).toBe('/data/tsbuild');
  expect(storeRoot(undefined, { HOME: '/home/me' })).toBe('/home/me/.local/share/tsbuild');
  expect(storeRoot(undefined, {})).toBe(join(homedir(), '.local/share/tsbuild'));
});

test('relative paths start at the working directory, a relative XDG_DATA_HOME is ignored', () => {
  expect(storeRoot('some/where', {})).toBe(resolve('some/where'));
  expect(storeRoot(undefined, { TSBUILD_ROOT: 'some/where' })).toBe(resolve('some/where'));
  expect(storeRoot(undefined, { XDG_DATA_HOME: 'data', HOME: '/home/me' })).toBe('/home/me/.local/share/tsbuild');
});

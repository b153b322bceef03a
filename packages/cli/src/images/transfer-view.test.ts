import { PassThrough } from 'node:stream';
import { parseDigest } from '@tsbuild/core';
import type { TransferProgress } from '@tsbuild/engine';
import { expect, test } from 'vitest';
import type { Surroundings } from '../command.ts';
import { barLine, openTransferView, PULL_WORDS } from './transfer-view.ts';

const LAYER = parseDigest(`sha256:${'a'.repeat(64)}`);
const CONFIG = parseDigest(`sha256:${'b'.repeat(64)}`);

function progress(digest: TransferProgress['digest'], current: number, status: TransferProgress['status']) {
  return { reference: 'docker.io/library/app:1', digest, current, total: 200, status };
}

/** What a pull of a layer that comes in two pieces, and of a config that is there, writes to standard output. */
function written(terminal: { readonly isTTY?: true }, env: Surroundings['env'] = {}): string {
  const stdout = Object.assign(new PassThrough(), { columns: 100, rows: 24, ...terminal });
  const surroundings = { stdin: new PassThrough(), stdout, stderr: new PassThrough(), env, cwd: '/' };
  using view = openTransferView(surroundings, PULL_WORDS);
  view.onProgress(progress(LAYER, 100, 'copying'));
  view.onProgress(progress(CONFIG, 200, 'exists'));
  view.onProgress(progress(LAYER, 200, 'copying'));
  view.onProgress(progress(LAYER, 200, 'copied'));
  view.onProgress(progress(LAYER, 200, 'copied'));
  view[Symbol.dispose]();
  return String(stdout.read());
}

const DONE = 'bbbbbbbbbbbb: Already exists\naaaaaaaaaaaa: Pull complete\n';

test('where no person looks, a transfer is a line for each blob that is done', () => {
  expect(written({})).toBe(DONE);
  expect(written({ isTTY: true }, { CI: 'true' })).toBe(DONE);
});

test('a terminal is left with the same lines, the cursor back and no bar', () => {
  expect(written({ isTTY: true })).toBe(`\x1b[?25l\x1b[?7l${DONE}\x1b[?7h\x1b[?25h`);
});

test('a bar tells how much is done, of how much where that is known', () => {
  expect(barLine('a: Downloading', 0, 200)).toEqual({
    text: 'a: Downloading [>                   ]',
    right: '0B / 200B   0%',
    briefRight: '0%',
  });
  expect(barLine('a: Downloading', 109, 200).text).toBe('a: Downloading [==========>         ]');
  expect(barLine('a: Downloading', 200, 200).text).toBe('a: Downloading [====================]');
  expect(barLine('Loading', 1_500_000, undefined)).toEqual({ text: 'Loading', right: '1.50MB' });
});

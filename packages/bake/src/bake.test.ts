import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bake } from './bake.ts';
import { runInOrder } from './run-in-order.ts';

let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tsbuild-bake-'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

const context = { files: { a: '1', b: '2' } };

test('targets are built together, and what they share is done once', async () => {
  const results = await bake({
    root,
    targets: {
      one: { context, dockerfile: 'FROM scratch AS common\nCOPY a /\nFROM common\nCOPY b /one\n' },
      two: { context, dockerfile: 'FROM scratch AS common\nCOPY a /\nFROM common\nCOPY b /two\n' },
    },
  });

  expect(Object.keys(results)).toEqual(['one', 'two']);
  const steps = Object.values(results).flatMap(({ steps }) => steps.map(({ name, status }) => `${status} ${name}`));
  expect(steps.sort()).toEqual(['cached COPY a /', 'ran COPY a /', 'ran COPY b /one', 'ran COPY b /two']);
});

test('the image of one target is the base of another, and is built first', async () => {
  const events: string[] = [];
  const results = await bake({
    root,
    targets: {
      app: {
        context,
        dockerfile: 'FROM base\nCOPY b /\n',
        buildContexts: { base: 'target:base' },
        outputs: [{ type: 'oci', dest: join(root, 'app.tar') }],
      },
      base: { context, dockerfile: 'FROM scratch\nENV A=1\nCOPY a /\n', outputs: [] },
      unasked: { context, dockerfile: 'FROM nothing\n' },
    },
    only: ['app'],
    onEvent: (target, { type }) => events.push(`${target} ${type}`),
  });

  expect(Object.keys(results)).toEqual(['base', 'app']);
  const image = results.app?.image;
  expect(image?.config.config?.Env).toContain('A=1');
  expect(image?.config.rootfs.diff_ids).toHaveLength(2);
  expect(String(await (await image?.tree())?.read('a'))).toBe('1');
  expect(events.indexOf('base build-finished')).toBeLessThan(events.indexOf('app build-started'));
});

test('a failure cancels the others and is the error', async () => {
  const targets = {
    good: { context, dockerfile: 'FROM scratch\nCOPY a /\n' },
    bad: { context, dockerfile: 'FROM scratch\nCOPY missing /\n' },
    heir: { context, dockerfile: 'FROM base\n', buildContexts: { base: 'target:bad' } },
  };

  await expect(bake({ root, targets })).rejects.toMatchObject({ code: 'ERR_TSBUILD_SOURCE_NOT_FOUND' });
});

test('a target that is not there is refused before anything is built', async () => {
  const targets = { a: { context, buildContexts: { x: 'target:y' } } };

  await expect(bake({ root, targets, only: ['b'] })).rejects.toThrow('no target "b"');
  await expect(bake({ root, targets })).rejects.toThrow('target a needs "y", which does not exist');
});

test('tasks wait for what they need; the first failure ends those that have begun', async () => {
  const log: string[] = [];
  const needs = new Map([
    ['slow', []],
    ['bad', []],
    ['after', ['bad']],
  ]);
  const run = async (name: string, _: unknown, signal: AbortSignal) => {
    log.push(`start ${name}`);
    if (name === 'bad') throw new Error('no');
    await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    return name;
  };

  await expect(runInOrder(needs, run)).rejects.toThrow('no');
  expect(log).toEqual(['start slow', 'start bad']);
});

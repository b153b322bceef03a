import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createBuilder } from '../builder.ts';
import { newBuildId } from './build-record.ts';

const MINUTE_MS = 60_000;
const DAY = 24 * 60;

function addBuild(folder: string, minutesAgo: number, isFinished: boolean): string {
  const id = newBuildId(Date.now() - minutesAgo * MINUTE_MS, Buffer.alloc(4));
  mkdirSync(join(folder, id), { recursive: true });
  writeFileSync(join(folder, id, 'step.log'), 'printed');
  if (isFinished) writeFileSync(join(folder, id, 'build.json'), '{}');
  return id;
}

test('a build keeps the records of the newest 200, and those that may be running', async () => {
  const root = await mkdtemp(join(tmpdir(), 'forget-builds-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await using builder = await createBuilder({ root });
  const folder = join(root, 'builds');
  const kept = Array.from({ length: 199 }, (_, at) => addBuild(folder, at + 1, at % 2 === 0));
  const running = addBuild(folder, 6 * DAY, false);
  addBuild(folder, 8 * DAY, false);
  addBuild(folder, DAY, true);
  writeFileSync(join(folder, 'notes.txt'), 'not a build');

  await builder.build({ context: { files: {} }, dockerfile: 'FROM scratch\nLABEL a=1\n' });

  const [newest] = await builder.builds.list();
  expect(newest?.status).toBe('succeeded');
  expect(readdirSync(folder).sort()).toEqual([...kept, running, newest?.id, 'notes.txt'].sort());
});

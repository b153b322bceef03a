import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BuildRecord, createBuilder } from '@tsbuild/engine';
import { afterAll, beforeAll, expect } from 'vitest';
import { saveBusybox } from '../support/busybox.ts';
import { hasPart, testWith } from '../support/parts.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { TSBUILD_COMMAND } from '../support/tsbuild.ts';
import { waitFor } from '../support/wait-for.ts';

const PARTS = ['root', 'busybox'];
const runTest = testWith(...PARTS);

const MIB = 1024 * 1024;
const LINES = 500;
const NOISE = randomBytes(4 * MIB);
const TIMES = 12;

/** Prints when the other step prints, too. */
const printing = (own: string, other: string) =>
  `RUN --mount=type=cache,target=/c touch /c/${own}; until [ -e /c/${other} ]; do :; done; ` +
  `i=0; while [ $i -lt ${LINES} ]; do echo ${own} $i; echo ${own} error $i >&2; i=$((i + 1)); done; touch /done\n`;
const DOCKERFILE = `FROM busybox AS a
${printing('a', 'b')}FROM busybox AS b
${printing('b', 'a')}FROM busybox
RUN --mount=target=/context cat /context/noise
COPY --from=a /done /a
COPY --from=b /done /b
`;

let folder: TempFolder;
let store = '';
let record: BuildRecord;

beforeAll(async () => {
  folder = await openTempFolder();
  store = folder.file('store');
  if (!PARTS.every(hasPart)) return;
  await using builder = await createBuilder({ root: store });
  await saveBusybox(builder);
  await builder.build({ context: { files: { noise: NOISE } }, dockerfile: DOCKERFILE });
  record = await builder.builds.get('latest');
});

afterAll(async () => {
  await folder[Symbol.asyncDispose]();
});

/** What `tsbuild builds logs` prints of the step whose name has this part. */
async function logOf(part: string): Promise<Buffer> {
  const at = record.steps.findIndex(({ name }) => name.includes(part));
  const child = start('builds', 'logs', '--step', String(at + 1));
  const [chunks, [exitCode]] = await Promise.all([child.stdout.toArray(), once(child, 'close')]);
  expect(exitCode).toBe(0);
  return Buffer.concat(chunks);
}

function start(...args: readonly string[]) {
  const env = { ...process.env, TSBUILD_ROOT: store };
  return spawn(process.execPath, [TSBUILD_COMMAND, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
}

for (const name of ['a', 'b']) {
  runTest(`the log of step ${name} is whole and in order, although another step prints meanwhile`, async () => {
    const lines = Array.from({ length: LINES }, (_, line) => `${name} ${line}\n${name} error ${line}\n`);
    expect((await logOf(`touch /c/${name}`)).toString()).toBe(lines.join(''));
  });
}

runTest('megabytes of bytes that are no text come out of the log as they were', async () => {
  expect(NOISE.equals(await logOf('cat /context/noise'))).toBe(true);
});

runTest('a command waits for whoever reads the progress, and memory does not grow', async () => {
  const child = start('build', '--progress=rawjson', '-');
  child.stdin.end('FROM busybox\nRUN yes | head -c 100000000\n');
  try {
    const log = await waitFor('output', async () => newestLog());
    await expectStill(() => statSync(log).size);
    expect(statSync(log).size).toBeLessThan(2 * MIB);
    expect(peakMemory(child.pid)).toBeLessThan(200 * MIB);

    child.stderr.resume();
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(statSync(log).size).toBe(100_000_000);
  } finally {
    child.kill('SIGKILL');
  }
});

runTest('a command waits for a slow program that takes its events, which gets every byte of 50 MB', async () => {
  await using builder = await createBuilder({ root: store });
  const digest = createHash('sha256');
  let [taken, pending, most, furthest] = [0, 0, 0, 0];

  await builder.build({
    context: { files: { noise: NOISE } },
    dockerfile: `FROM busybox\nRUN --mount=target=/context for n in $(seq ${TIMES}); do cat /context/noise; done\n`,
    onEvent: async (event) => {
      if (event.type !== 'step-log') return;
      pending += 1;
      most = Math.max(most, pending);
      furthest = Math.max(furthest, statSync(newestLog() ?? store).size - taken);
      if (Math.floor(taken / MIB) !== Math.floor((taken + event.bytes.byteLength) / MIB)) await sleep(5);
      digest.update(event.bytes);
      taken += event.bytes.byteLength;
      pending -= 1;
    },
  });

  const expected = createHash('sha256');
  for (let time = 0; time < TIMES; time++) expected.update(NOISE);
  expect([taken, digest.digest('hex')]).toEqual([TIMES * NOISE.byteLength, expected.digest('hex')]);
  expect(most).toBe(1);
  expect(furthest).toBeLessThan(2 * MIB);
});

/** Of the build that runs now: the only one without a record yet. */
function newestLog(): string | undefined {
  const id = readdirSync(`${store}/builds`).sort().at(-1);
  const [name] = readdirSync(`${store}/builds/${id}`);
  return id === record.id || name === undefined ? undefined : `${store}/builds/${id}/${name}`;
}

/** Waits until a number has stayed the same for half a second. */
async function expectStill(ask: () => number): Promise<void> {
  let before = -1;
  await waitFor('an end of growth', async () => {
    const now = ask();
    if (now === before) return now;
    before = now;
    await sleep(500);
    return undefined;
  });
}

function peakMemory(pid: number | undefined): number {
  const [, kilobytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

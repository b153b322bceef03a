import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { chmod, cp } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { mustRun } from '../support/command.ts';
import { installCommand } from '../support/installed-command.ts';
import { findOrdinaryUser } from '../support/ordinary-user.ts';
import { becomeUser } from '../support/other-user.ts';
import { hasPart, testWith } from '../support/parts.ts';
import { mountsOf, processesWith } from '../support/processes.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { createTemplateStore } from '../support/template-store.ts';
import { waitFor } from '../support/wait-for.ts';

const API_SCRIPT = fileURLToPath(new URL('../support/build-until-signal.mjs', import.meta.url));
const ordinaryUser = findOrdinaryUser();
/** Whom this machine does not know. */
const NOBODY = { uid: 64242, gid: 64242 };

/** Where the tool takes a tier of itself: as whom it is started, and without what. */
const TIERS = {
  root: asRoot,
  userns: (home: string) => asUser(ordinaryUser ?? NOBODY, home),
  'userns-single': (home: string) => asUser(NOBODY, home),
  // what root of a container lacks, of those that give less than Docker
  chroot: async (home: string) => ({
    ...(await asRoot(home)),
    prefix: ['setpriv', '--bounding-set=-sys_admin,-net_raw,-audit_write'],
  }),
};

const CELLS = [
  ['root', 'builtin'],
  ['root', 'runc'],
  ['userns', 'builtin'],
  ['userns', 'runc'],
  ['userns-single', 'builtin'],
  ['chroot', 'builtin'],
] as const;

/**
 * How often what was told to end may still show that it is there: it does so each 50 ms, and more rarely on a busy machine.
 * So this is the second that is promised, by the clock of the command itself.
 */
const BEATS_OF_A_SECOND = 20;
const STEP_TIMEOUT_MS = 1000;

/** Two processes that ignore signals, one of them in a session of its own, show that they are there as long as they are. */
const dockerfile = (mark: string) => `FROM busybox
COPY <<'EOF' ${mark}
trap '' TERM INT HUP
while :; do echo >> /beats/$1; sleep 0.05; done
EOF
ARG NAME NOISE=true
RUN --mount=type=cache,target=/beats setsid sh ${mark} $NAME-daemon > /dev/null 2>&1 < /dev/null & $NOISE & exec sh ${mark} $NAME-shell
`;

interface Place {
  readonly prefix: readonly string[];
  readonly store: string;
}

interface Cell extends Place {
  readonly runner: string;
  /** An argument of every process of a step. */
  readonly mark: string;
}

let folder: TempFolder;
let template: TempFolder;
let script = '';

beforeAll(async () => {
  folder = await openTempFolder();
  if (!hasPart('root') || !hasPart('busybox')) return;
  await chmod(folder.path, 0o755);
  template = await createTemplateStore();
  script = await installCommand(folder.file('installed'));
});

afterAll(async () => {
  await template?.[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

async function asRoot(home: string): Promise<Place> {
  await cp(template.file('store'), `${home}/store`, { recursive: true });
  return { prefix: [], store: `${home}/store` };
}

async function asUser(ids: { readonly uid: number; readonly gid: number }, home: string): Promise<Place> {
  const { prefix } = await becomeUser(ids, home);
  const { store } = await asRoot(home);
  await mustRun(['chown', '-R', `${ids.uid}:${ids.gid}`, store]);
  return { prefix, store };
}

describe('what ends a build ends every process of its steps within a second, and leaves no mount', () => {
  for (const [tier, runner] of CELLS) {
    const parts = ['root', 'busybox', 'setpriv', ...(runner === 'builtin' ? [] : [runner])];
    const user = tier !== 'userns' || ordinaryUser ? [] : ['a user with subordinate ids'];
    testWith(...parts, ...user)(`in the tier ${tier}, with ${runner}`, async () => {
      const name = `${tier}-${runner}`;
      const cell = { ...(await TIERS[tier](folder.file(name))), runner, mark: `/beat-${process.pid}-${name}` };
      await interrupted(cell, 'SIGINT', '--progress=plain');
      if (name === 'root-builtin') await interrupted(cell, 'SIGTERM', '--quiet'); // elsewhere the abort below is the same
      await endedAtOnce(cell, 'SIGINT');
      await endedAtOnce(cell, 'SIGKILL');
      await endedByApi(cell);
    });
  }
});

/** A signal ends the command softly: all is gone when it has ended, and it has said which step it was that it stopped. */
async function interrupted(cell: Cell, signal: 'SIGINT' | 'SIGTERM', progress: keyof typeof SAYS_WHAT_STOPPED) {
  await using build = startCommand(cell, signal, progress);
  const printed = build.stderr();
  await expectWithinASecond(cell, signal, () => {
    build.send(signal);
    return build.end;
  });
  expect([await build.end, await processesWith(cell.mark), await mountsOf(cell.store)]).toEqual([[130, null], [], []]);
  expect(await printed).toMatch(SAYS_WHAT_STOPPED[progress]);
  expect(await printed).toContain(`error: interrupted by ${signal} (ERR_TSBUILD_INTERRUPTED)\n`);
}

const SAYS_WHAT_STOPPED = {
  '--progress=plain': /^(#\d+) \[3\/3\] RUN --mount=type=cache,target=\/beats [\s\S]*^\1 CANCELED$/m,
  '--quiet': /^stopped \[3\/3\] RUN --mount=type=cache,target=\/beats /,
};

/** Where nobody reads the progress, the first Ctrl-C cannot end the command; one more ends it whatever it does, as SIGKILL. */
async function endedAtOnce(cell: Cell, signal: 'SIGINT' | 'SIGKILL'): Promise<void> {
  const name = `${signal}-at-once`;
  await using build = startCommand(cell, name, '--progress=plain', '--build-arg=NOISE=yes');
  await expectWithinASecond(cell, name, async () => {
    for (; build.isRunning(); await sleep(20)) build.send(signal);
    await untilNone('processes', () => processesWith(cell.mark));
  });
  expect(await build.end).toEqual([null, signal]);
  await untilNone('mounts', () => mountsOf(cell.store));
}

/** By an AbortSignal, and by a limit of time, after which everything in the store is looked at, whatever ended builds before. */
async function endedByApi(cell: Cell): Promise<void> {
  const { prefix, runner, mark, store: root } = cell;
  const order = { root, runner, mark, dockerfile: dockerfile(mark), stepTimeout: STEP_TIMEOUT_MS };
  await using build = start([...prefix, process.execPath, API_SCRIPT, JSON.stringify(order)], '');
  const printed = build.stdout();
  await expectWithinASecond(cell, 'abort', async () => {
    build.send('SIGTERM');
    await untilNone('processes of the first build', async () => (beatsOf(cell, 'limit') === undefined ? [1] : []));
  });
  expect(await build.end).toEqual([0, null]);
  expect(JSON.parse(await printed)).toEqual({
    aborted: { left: 0, message: 'enough', stopped: [expect.stringMatching(/^cancelled \[3\/3\] RUN /)] },
    limited: {
      left: 0,
      message: expect.stringContaining('stopped after 1s, the time limit of a step (--step-timeout)'),
      line: 7,
      stopped: [expect.stringMatching(/^failed \[3\/3\] RUN /)],
    },
    problems: [],
  });
  expect(Math.max(...(beatsOf(cell, 'limit') ?? []))).toBeLessThan(2 * BEATS_OF_A_SECOND);
  expect(await mountsOf(root)).toEqual([]);
}

/** Waits until both processes are there, has them ended, and looks for how long each has shown since that it is there. */
async function expectWithinASecond(cell: Cell, name: string, end: () => Promise<unknown>): Promise<void> {
  const before = await waitFor('both processes', async () => beatsOf(cell, name));
  await end();
  const after = await waitFor('the counts', async () => beatsOf(cell, name));
  const differences = after.map((beats, at) => beats - (before[at] ?? 0));
  expect(Math.max(...differences)).toBeLessThan(BEATS_OF_A_SECOND);
}

/** How often the daemon and the shell of a build have shown themselves; undefined when one of them has not. */
function beatsOf({ store }: Cell, name: string): readonly number[] | undefined {
  const files = ['mounts', 'tmp'].flatMap((part) => filesBelow(join(store, part)));
  const found = ['daemon', 'shell'].flatMap((who) => files.find((file) => basename(file) === `${name}-${who}`) ?? []);
  return found.length < 2 ? undefined : found.map((file) => statSync(file).size);
}

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).map((file) => join(directory, file));
}

function untilNone(what: string, look: () => Promise<readonly unknown[]>): Promise<true> {
  return waitFor(`an end of all ${what}`, async () => ((await look()).length === 0 ? true : undefined));
}

function startCommand({ prefix, store, runner, mark }: Cell, name: string, ...more: readonly string[]) {
  const flags = ['build', '--root', store, '--runner', runner, '--build-arg', `NAME=${name}`];
  return start([...prefix, process.execPath, script, ...flags, ...more, '-'], dockerfile(mark));
}

/** A process in a group of its own, which is gone at the latest when the scope ends. */
function start([command = '', ...args]: readonly string[], input: string) {
  const child = spawn(command, args, { cwd: '/', stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  child.stdin.end(input);
  const { pid = 0 } = child;
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  return {
    end: once(child, 'exit'),
    stdout: () => textOf(child.stdout),
    stderr: () => textOf(child.stderr),
    isRunning,
    /** Ctrl-C reaches the whole group; what an init sends, the process alone. */
    send: (signal: 'SIGINT' | 'SIGTERM' | 'SIGKILL') => process.kill(signal === 'SIGINT' ? -pid : pid, signal),
    async [Symbol.asyncDispose]() {
      if (isRunning()) process.kill(-pid, 'SIGKILL');
    },
  };
}

async function textOf(stream: NonNullable<ChildProcess['stdout']>): Promise<string> {
  return Buffer.concat(await stream.toArray()).toString();
}

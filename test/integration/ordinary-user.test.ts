import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Builder, createBuilder } from '@tsbuild/engine';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { BASE_PARTS, type BaseName, saveBase } from '../support/base-images.ts';
import { installCommand } from '../support/installed-command.ts';
import { type NpmRegistry, startNpmRegistry } from '../support/npm-registry.ts';
import { findOrdinaryUser } from '../support/ordinary-user.ts';
import { becomeUser, type OtherUser } from '../support/other-user.ts';
import { hasPart, testWith } from '../support/parts.ts';
import { freePort } from '../support/service.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { diffFacts, treeFacts } from '../support/tree-facts.ts';
import { mustTsbuild } from '../support/tsbuild.ts';
import { openTypedTerminal } from '../support/typed-terminal.ts';
import { waitFor } from '../support/wait-for.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url));

/** npm keeps times in its cache and logs. */
const DIFFERS_EACH_TIME = /^\/root\/\.npm(?:\/|$|:)/;

const EXAMPLE_FLAGS: Readonly<Record<string, readonly string[]>> = {
  '1-node-server': [],
  '2-python-app': [],
  '3-hugging-face-space': [],
  '4-two-stage-compile': ['--build-arg', 'VERSION=1.4.2'],
  '5-model-preload': [],
  '6-dockerfile-in-subfolder': ['-f', '6-dockerfile-in-subfolder/docker/Dockerfile'],
};

/** Whom this machine does not know. */
const NOBODY = { uid: 64242, gid: 64242 };

const BASES = Object.keys(BASE_PARTS) as BaseName[];
const ordinaryUser = findOrdinaryUser();
const PARTS = ['root', 'setpriv', ...BASES.flatMap((name) => BASE_PARTS[name])];

const testAsUser = testWith(...PARTS, 'newuidmap', ...(ordinaryUser ? [] : ['a user with subordinate ids']));
const testAsNobody = testWith(...PARTS);

let folder: TempFolder;
let npm: NpmRegistry;
let script = '';

beforeAll(async () => {
  folder = await openTempFolder();
  if (!PARTS.every(hasPart)) return;
  await chmod(folder.path, 0o755);
  await cp(EXAMPLES, folder.file('examples'), { recursive: true });
  script = await installCommand(folder.file('installed'));
  npm = await startNpmRegistry();
  await using builder = await createBuilder({ root: folder.file('bases') });
  for (const name of BASES) await saveBase(builder, name);
  await writeFile(folder.file('bases.tar'), await builder.save(BASES));
});

afterAll(async () => {
  await npm?.[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

describe('somebody who is not root', () => {
  testAsUser(
    'with subordinate ids builds the images that root builds, and runs them',
    async () => {
      const user = await newUser(ordinaryUser ?? NOBODY, 'user');

      expect(await differencesToRoot(user)).toEqual([]);

      expect(await tsbuild(user, 'run', '4-two-stage-compile')).toBe('hello, world (1.4.2)\n');
      expect(await tsbuild(user, 'run', '5-model-preload')).toBe('the quick brown fox jumps over\n');
      const identity = ['run', '--entrypoint', 'id', '2-python-app', '-un'];
      expect(await tsbuild(user, ...identity)).toBe('appuser\n');
      expect(await askNodeServer(user)).toBe('hello from Node\n');
      await useShellOfFailedStep(user);
    },
    600_000,
  );

  testAsNobody(
    'without subordinate ids builds them too, but nothing can be given to other users while a command runs',
    async () => {
      const user = await newUser(NOBODY, 'nobody');

      expect(await differencesToRoot(user)).toEqual([
        '2-python-app: /home/appuser: uid: expected 1000, got 0',
        '2-python-app: /home/appuser: gid: expected 1000, got 0',
        '3-hugging-face-space: /home/user: uid: expected 1000, got 0',
        '3-hugging-face-space: /home/user: gid: expected 1000, got 0',
      ]);

      expect(await tsbuild(user, 'run', '4-two-stage-compile')).toBe('hello, world (1.4.2)\n');
      expect(await askNodeServer(user)).toBe('hello from Node\n');
      const refused = await user.run([process.execPath, script, 'run', '2-python-app']);
      expect([refused.exitCode, refused.stderr]).toEqual([125, expect.stringContaining('tsbuild doctor')]);
      await useShellOfFailedStep(user);
    },
    600_000,
  );
});

/** A user whose store has the bases. */
async function newUser(ids: { readonly uid: number; readonly gid: number }, home: string): Promise<OtherUser> {
  const user = await becomeUser(ids, folder.file(home));
  await tsbuild(user, 'load', '-i', folder.file('bases.tar'));
  return user;
}

async function tsbuild(user: OtherUser, ...args: readonly string[]): Promise<string> {
  const result = await user.run([process.execPath, script, ...args], { cwd: folder.file('examples') });
  expect([result.exitCode, result.stderr]).toEqual([0, expect.any(String)]);
  return result.stdout;
}

/** Builds every example as the user, and as root; what is not the same in their images. */
async function differencesToRoot(user: OtherUser): Promise<string[]> {
  await using builder = await createBuilder({ root: folder.file('bases') });
  const differences: string[] = [];
  for (const [name, flags] of Object.entries(EXAMPLE_FLAGS)) {
    const args = [...flags, '--build-arg', `NPM_CONFIG_REGISTRY=${npm.url}`, '--source-date-epoch=1700000000', name];
    const archive = `${user.home}/${name}.tar`;
    const outputs = ['-t', name, '-o', 'type=image', '-o', `type=docker,dest=${archive},compression=uncompressed`];
    const id = await tsbuild(user, 'build', '-q', ...outputs, ...args);
    const expected = await mustTsbuild(folder.file('bases'), ['build', '-q', ...args], {
      cwd: folder.file('examples'),
    });
    if (id === expected.stdout) continue;
    await builder.load(archive);
    differences.push(
      ...(await compareImages(builder, expected.stdout.trim(), id.trim())).map((text) => `${name}: ${text}`),
    );
  }
  return differences;
}

async function compareImages(builder: Builder, expected: string, actual: string): Promise<string[]> {
  const [left, right] = [await builder.image(expected), await builder.image(actual)];
  const lines = diffFacts(await treeFacts(await left.tree()), await treeFacts(await right.tree()));
  return lines.filter((line) => !DIFFERS_EACH_TIME.test(line));
}

/** Runs the Node example until its server has answered. */
async function askNodeServer(user: OtherUser): Promise<string> {
  const port = await freePort();
  const [command = '', ...rest] = [
    ...user.prefix,
    process.execPath,
    script,
    'run',
    '-e',
    `PORT=${port}`,
    '1-node-server',
  ];
  const server = spawn(command, rest, { stdio: 'ignore', cwd: user.home });
  const closed = once(server, 'close');
  try {
    return await waitFor('the server', async () => (await fetch(`http://127.0.0.1:${port}/`)).text());
  } finally {
    // The first process of a pid namespace ignores what it has no handler for; the third signal ends it all the same.
    for (const _ of [1, 2, 3]) {
      server.kill('SIGTERM');
      await sleep(300);
    }
    await closed;
  }
}

async function useShellOfFailedStep(user: OtherUser): Promise<void> {
  const project = `${user.home}/project`;
  await mkdir(project);
  await writeFile(`${project}/Dockerfile`, 'FROM debian:12\nWORKDIR /work\nRUN echo half > done; exit 3\n');
  const command = [...user.prefix, process.execPath, script, 'build', '--on-error=shell', project];
  await using terminal = openTypedTerminal(`cd / && ${command.map((word) => `'${word}'`).join(' ')}`);
  await terminal.sees('this is a shell in its root file system');
  terminal.type('cat done; id -u; exit\r');
  await terminal.sees('half\r\n0\r\n');
  await terminal.sees('(ERR_TSBUILD_EXEC)');
  expect(await terminal.ended).toBe(1);
}

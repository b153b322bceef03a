import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createBuilder } from '@tsbuild/engine';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { saveBusybox } from '../support/busybox.ts';
import { installCommand } from '../support/installed-command.ts';
import { findOrdinaryUser } from '../support/ordinary-user.ts';
import { becomeUser, type OtherUser } from '../support/other-user.ts';
import { testWith } from '../support/parts.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { mustTsbuild } from '../support/tsbuild.ts';

/** Whom this machine does not know. */
const NOBODY = { uid: 64243, gid: 64243 };

const ordinaryUser = findOrdinaryUser();
const PARTS = ['root', 'setpriv', 'busybox'];
const testAsUser = testWith(...PARTS, 'newuidmap', ...(ordinaryUser ? [] : ['a user with subordinate ids']));
const testAsNobody = testWith(...PARTS);

let folder: TempFolder;
let script = '';

beforeAll(async () => {
  folder = await openTempFolder();
  await chmod(folder.path, 0o755);
  script = await installCommand(folder.file('installed'));
});

afterAll(() => folder[Symbol.asyncDispose]());

describe('a cache mount of root that somebody else passes on', () => {
  testAsUser('who has subordinate ids, keeps owners and links', async () => {
    const seen = await passOnCacheMount(await becomeUser(ordinaryUser ?? NOBODY, folder.file('user')));
    expect(seen).toEqual(['7:8 a 2\n', '7:8 a 2\n', '7:8 a 2\n0:0 b 1\n']);
  });

  testAsNobody('who has none, and sees the files of others as those of root, does so too', async () => {
    const seen = await passOnCacheMount(await becomeUser(NOBODY, folder.file('nobody')));
    expect(seen).toEqual(['7:8 a 2\n', '0:0 a 2\n', '7:8 a 2\n0:0 b 1\n']);
  });
});

/** Root fills a cache mount, the user adds to it, and root gets it back: owners and links as each of them sees them. */
async function passOnCacheMount(user: OtherUser): Promise<string[]> {
  const [root, archive] = [`${user.home}/root`, `${user.home}/busybox.tar`];
  {
    await using builder = await createBuilder({ root });
    await saveBusybox(builder);
    await writeFile(archive, await builder.save(['busybox']));
  }
  const asRoot = (...args: readonly string[]) => mustTsbuild(root, args, { cwd: folder.path });
  const asUser = async (...args: readonly string[]) => {
    const result = await user.run([process.execPath, script, ...args]);
    expect([result.exitCode, result.stderr]).toEqual([0, expect.any(String)]);
  };
  await asUser('load', '-i', archive);
  const build = async (run: typeof asRoot | typeof asUser, name: string, command: string, ...flags: string[]) => {
    const context = `${user.home}/${name}`;
    const see = `cd /c && ${command} && stat -c '%u:%g %n %h' [ab] > /seen`;
    const dockerfile = `FROM busybox AS filled\nRUN --mount=type=cache,id=passed,target=/c ${see}\nFROM scratch\nCOPY --from=filled /seen /\n`;
    await mkdir(context);
    await chmod(context, 0o777);
    await writeFile(`${context}/Dockerfile`, dockerfile);
    await run('build', '-q', ...flags, '-o', `type=local,dest=${context}/out`, context);
    return readFile(`${context}/out/seen`, 'utf8');
  };
  const cache = (name: string) => `${user.home}/cache-${name}`;
  const from = (name: string) => ['--cache-from', `type=local,src=${cache(name)}`];
  const to = (name: string) => ['--cache-to', `type=local,dest=${cache(name)},mounts=passed`];
  const filled = await build(asRoot, 'filled', 'echo a > a; ln a z; chown 7:8 a', ...to('filled'));
  const found = await build(asUser, 'found', 'true', ...from('filled'));
  await build(asUser, 'added', 'echo b > b', ...to('added'));
  await rm(`${root}/mounts`, { recursive: true });
  return [filled, found, await build(asRoot, 'back', 'true', ...from('added'))];
}

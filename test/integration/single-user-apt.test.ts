import { chmod, writeFile } from 'node:fs/promises';
import { createBuilder } from '@tsbuild/engine';
import { expect } from 'vitest';
import { saveDebian } from '../support/debian.ts';
import { installCommand } from '../support/installed-command.ts';
import { becomeUser } from '../support/other-user.ts';
import { testWith } from '../support/parts.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';

/** Whom this machine does not know; so it has no subordinate ids. */
const NOBODY = { uid: 64242, gid: 64242 };
const APT = 'apt-get -o APT::Sandbox::User=root -o Acquire::Languages=none';

/** A Debian in an archive. */
async function archiveOf(folder: TempFolder): Promise<string> {
  await using builder = await createBuilder({ root: folder.file('store') });
  await saveDebian(builder, 'debian:12', { variant: 'apt', packages: ['libcap2-bin'] });
  const archive = folder.file('debian.tar');
  await writeFile(archive, await builder.save(['debian:12']));
  return archive;
}

testWith('root', 'setpriv', 'mmdebstrap')(
  'apt-get install, where there is no user but root, works when it is told to stay root, and is told so when not',
  async () => {
    await using folder = await openTempFolder();
    await chmod(folder.path, 0o755);
    const script = await installCommand(folder.file('installed'));
    const user = await becomeUser(NOBODY, folder.file('home'));
    const tsbuild = (args: readonly string[], input = '') => user.run([process.execPath, script, ...args], { input });
    expect((await tsbuild(['load', '-i', await archiveOf(folder)])).exitCode).toBe(0);
    const build = (command: string) =>
      tsbuild(['build', '--ignore-chown-errors', '--progress=plain', '-'], `FROM debian:12\nRUN ${command}\n`);

    const refused = await build('apt-get update && apt-get install --yes hello');
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('userns-single has no user but root: for apt-get, -o APT::Sandbox::User=root;');

    const install = `${APT} install --yes --no-install-recommends hello`;
    const built = await build(`${APT} update && ${install} && touch /mine && chown daemon:mail /mine && hello`);
    expect([built.exitCode, built.stderr]).toEqual([0, expect.stringContaining(' Hello, world!\n')]);
  },
  600_000,
);

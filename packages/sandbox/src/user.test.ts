import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needsRoot, SandboxFixture } from '../test/fixture.ts';

describe.skipIf(needsRoot !== '')(`the user of a command${needsRoot}`, () => {
  let sandbox: SandboxFixture;
  beforeAll(async () => {
    sandbox = await SandboxFixture.create();
  });
  afterAll(async () => {
    await sandbox[Symbol.asyncDispose]();
  });

  const SHOW = 'echo $(id -u) $(id -g) $(id -G) $HOME $(grep CapEff /proc/self/status | cut -f2)';
  const ROOT = '00000000a80425fb';
  const NONE = '0000000000000000';

  test.each([
    ['', `0 0 0 /root ${ROOT}`],
    ['root', `0 0 0 /root ${ROOT}`],
    ['app', `1200 1300 1300 1400 /apphome ${NONE}`],
    ['1200', `1200 1300 1300 1400 /apphome ${NONE}`],
    ['app:daemon', `1200 1 1 /apphome ${NONE}`],
    ['app:99', `1200 99 99 /apphome ${NONE}`],
    ['77:88', `77 88 88 / ${NONE}`],
    ['4321', `4321 0 0 / ${NONE}`],
    [':daemon', `0 1 1 /root ${ROOT}`],
  ])('%j gives %s', async (user, expected) => {
    const { stdout } = await sandbox.run(SHOW, { process: { user } });
    expect(stdout).toBe(`${expected}\n`);
  });

  test('that is unknown is refused by name', async () => {
    await expect(sandbox.run('true', { process: { user: 'ghost' } })).rejects.toThrow(
      'unable to find user ghost: no matching entries in passwd file',
    );
    await expect(sandbox.run('true', { process: { user: 'app:ghosts' } })).rejects.toThrow(
      'unable to find group ghosts: no matching entries in group file',
    );
  });

  test('root without a passwd file has the home /', async () => {
    const layer = await sandbox.layer('mkdir etc; touch etc/.wh.passwd etc/.wh.group');
    const { stdout } = await sandbox.run('echo $HOME', { rootfs: [sandbox.base, layer] });
    expect(stdout).toBe('/\n');
  });

  test('may become root by a setuid program', async () => {
    const layer = await sandbox.layer(
      'mkdir bin etc; cp /bin/busybox bin/su; chmod 4755 bin/su; echo "root::0:0:root:/root:/bin/sh" > etc/passwd',
    );
    const { stdout, stderr } = await sandbox.run(['su', '-c', 'id -u'], {
      rootfs: [sandbox.base, layer],
      process: { user: '1200' },
    });
    expect({ stdout, stderr }).toEqual({ stdout: '0\n', stderr: '' });
  });
});

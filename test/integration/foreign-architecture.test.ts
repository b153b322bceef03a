import { existsSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createBuilder } from '@tsbuild/engine';
import { expect } from 'vitest';
import { mustRun, runCommand } from '../support/command.ts';
import { saveDebian } from '../support/debian.ts';
import { testWith } from '../support/parts.ts';
import { openTempFolder } from '../support/temp-folder.ts';

const HANDLERS = '/proc/sys/fs/binfmt_misc';
const QEMU = '/usr/bin/qemu-aarch64-static';
const NAME = 'tsbuild-test-arm64';
/** The first bytes of every 64-bit program for arm64, and which of their bits count. */
const MAGIC = '\\x7fELF\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\xb7\\x00';
const MASK = '\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff';

const DOCKERFILE =
  'FROM arm\nRUN ["/bin/busybox", "sh", "-c", "busybox uname -m > /machine; busybox id -u >> /machine"]\n';

/** Registers the emulator as Debian's package does: with the flag F it is opened now, and works in any root. */
async function registerEmulator(flags: string): Promise<AsyncDisposable | undefined> {
  const isOurs = !existsSync(`${HANDLERS}/register`);
  if (isOurs && (await runCommand(['mount', '-t', 'binfmt_misc', 'binfmt_misc', HANDLERS])).exitCode !== 0)
    return undefined;
  const entry = `${HANDLERS}/${NAME}`;
  writeFileSync(`${HANDLERS}/register`, `:${NAME}:M::${MAGIC}:${MASK}:${QEMU}:${flags}`);
  return {
    [Symbol.asyncDispose]: async () => {
      writeFileSync(entry, '-1');
      if (isOurs) await mustRun(['umount', HANDLERS]);
    },
  };
}

/** A machine may run such programs without us. */
async function runsArm64(): Promise<boolean> {
  if (process.arch === 'arm64') return true;
  const names = existsSync(`${HANDLERS}/status`) ? (await mustRun(['ls', HANDLERS])).split('\n') : [];
  const texts = await Promise.all(
    names.filter(Boolean).map((name) => readFile(`${HANDLERS}/${name}`, 'utf8').catch(() => '')),
  );
  return texts.some((text) => text.includes('enabled') && text.includes('b700'));
}

testWith(
  'root',
  'mmdebstrap',
  'runc',
  QEMU,
)(
  'RUN for another processor works with an emulator, and is refused by name without',
  async () => {
    await using folder = await openTempFolder();
    const root = folder.file('store');
    await using builder = await createBuilder({ root });
    await using runc = await createBuilder({ root, runner: 'runc' });
    await saveDebian(builder, 'arm', { architecture: 'arm64', variant: 'extract', packages: ['busybox-static'] });
    const build = (by = builder) =>
      by.build({ context: { files: {} }, dockerfile: DOCKERFILE, platforms: ['linux/arm64'], noCache: true });

    if (!(await runsArm64())) {
      await expect(build()).rejects.toMatchObject({
        code: 'ERR_TSBUILD_RUN_UNAVAILABLE',
        message: expect.stringContaining('/bin/busybox is for arm64, this machine is amd64, and no emulator for it'),
        hint: expect.stringContaining('sudo apt-get install qemu-user-static, or docker run'),
      });
      await expect(build(runc)).rejects.toThrow(
        '/bin/busybox is for arm64, this machine is amd64, and no emulator for it',
      );
      await using outside = await registerEmulator('');
      if (outside !== undefined) {
        await expect(build()).rejects.toMatchObject({
          code: 'ERR_TSBUILD_RUN_UNAVAILABLE',
          message: expect.stringContaining('and the emulator registered for it is not in the image'),
          hint: expect.stringContaining('register it with the flag F'),
        });
      }
    }
    await using emulator = (await runsArm64()) ? undefined : await registerEmulator('F');
    if (emulator === undefined && !(await runsArm64())) return;
    for (const each of [builder, runc]) {
      const { image } = await build(each);
      expect((await (await image.tree()).read('machine')).toString()).toBe('aarch64\n0\n');
      expect(image.config.architecture).toBe('arm64');
    }
  },
  600_000,
);

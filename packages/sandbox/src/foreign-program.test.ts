import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { needsRoot, SandboxFixture } from '../test/fixture.ts';
import { requireLinux } from './tier/select.ts';

/** The header of a 64-bit ELF program for a processor; no machine can run what follows. */
function elfHeader(machine: number): Buffer {
  const header = Buffer.alloc(128);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(machine, 18);
  return header;
}

const runners = (['builtin', 'runc', 'crun'] as const).filter(
  (name) => name === 'builtin' || existsSync(`/usr/sbin/${name}`) || existsSync(`/usr/bin/${name}`),
);
const refusedWith = `a program for another processor is refused by name, with %s${needsRoot}`;

test.skipIf(needsRoot !== '').each(runners)(refusedWith, async (runner) => {
  await using sandbox = await SandboxFixture.create({ runner });
  const layer = await sandbox.layer('mkdir opt', (folder) => {
    writeFileSync(join(folder, 'opt/program'), elfHeader(258)); // of which there are few
    writeFileSync(join(folder, 'opt/script'), '#!/opt/program -x\n');
    writeFileSync(join(folder, 'opt/broken'), 'not a program\n');
    for (const name of ['program', 'script', 'broken']) chmodSync(join(folder, 'opt', name), 0o755);
  });
  const run = (path: string) => sandbox.run([path], { rootfs: [sandbox.base, layer] });

  await expect(run('/opt/program')).rejects.toMatchObject({
    code: 'ERR_TSBUILD_RUN_UNAVAILABLE',
    message: expect.stringMatching(
      /^\/opt\/program is for loong64, this machine is \w+, and no emulator for it is registered/,
    ),
    hint: expect.stringContaining('tonistiigi/binfmt --install loong64'),
  });
  await expect(run('/opt/script')).rejects.toThrow('/opt/script is for loong64');
  if (runner !== 'builtin') return; // the others have words of their own for it
  expect(await run('/opt/broken')).toMatchObject({
    exitCode: 126,
    stderr: 'exec: "/opt/broken": exec format error\n',
  });
});

test.each([
  ['darwin', 'RUN needs a Linux kernel, this is macOS', 'a virtual machine with Linux (lima, colima, multipass)'],
  ['win32', 'RUN needs a Linux kernel, this is Windows', 'WSL 2 (wsl --install)'],
  ['freebsd', 'RUN needs a Linux kernel, this is freebsd', 'a virtual machine with Linux'],
] as const)('on %s the refusal names what can be done', (platform, message, place) => {
  const hint = expect.stringContaining(`images without RUN build here; for RUN build in ${place}; or in a container:`);
  const refusal = { code: 'ERR_TSBUILD_RUN_UNAVAILABLE', message, hint };
  expect(() => requireLinux(platform)).toThrow(expect.objectContaining(refusal));
  expect(() => requireLinux('linux')).not.toThrow();
});

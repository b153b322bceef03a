import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { needsRoot } from '../../test/fixture.ts';

const SANDBOX = new URL('../../dist/index.js', import.meta.url).href;

/** Starts the tier as root of a container that lacks these capabilities; the refusal, if there is one. */
function startWithout(...capabilities: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'chroot-tier-'));
  const places = JSON.stringify({ snapshots: folder, scratch: folder, tier: 'chroot' });
  const script = `const { createSandbox } = await import(${JSON.stringify(SANDBOX)});
    await createSandbox(${places}).then((sandbox) => sandbox[Symbol.asyncDispose](), ({ message }) => console.log(message));`;
  const args = [`--bounding-set=-${capabilities.join(',-')}`, process.execPath, '--input-type=module', '-e', script];
  const { stdout, stderr } = spawnSync('setpriv', args, { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  return stdout + stderr;
}

test.skipIf(needsRoot !== '')(`a container may have fewer capabilities than Docker gives${needsRoot}`, () => {
  expect(startWithout('sys_admin', 'audit_write', 'net_raw')).toBe('');
});

test.skipIf(needsRoot !== '')(`one that may make no devices is refused by name${needsRoot}`, () => {
  expect(startWithout('sys_admin', 'mknod')).toContain('chroot: this container may not make the devices of a root');
});

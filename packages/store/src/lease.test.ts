import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryRoot } from '../test/temporary-store.ts';
import { Lease, listLeases, removeDeadLeases } from './lease.ts';
import { ownIdentity } from './process-identity.ts';

/** Name of a lease of this machine. */
function leaseName(pid: number, startTime: string, machine = ownIdentity().machine): string {
  return `1700000000000-${machine}-${pid}-${startTime}-1`;
}

function deadPid(): number {
  return spawnSync('true').pid;
}

test('a lease is a folder while it lasts', async () => {
  const temporary = await temporaryRoot();

  const lease = new Lease(temporary);
  writeFileSync(lease.newPath(), 'scratch');
  const [state] = listLeases(temporary);
  expect(state?.isAlive).toBe(true);
  expect(state?.since).toBeLessThan(lease.since);
  lease.end();

  expect(readdirSync(temporary)).toEqual([]);
});

test('paths in the scratch space differ', async () => {
  const lease = new Lease(await temporaryRoot());

  expect(lease.newPath()).not.toBe(lease.newPath());
  lease.end();
});

test('leases of dead processes, and of the one whose pid was reused, are removed with what they left', async () => {
  const temporary = await temporaryRoot();
  mkdirSync(join(temporary, leaseName(deadPid(), '1'), 'rootfs/etc'), { recursive: true });
  mkdirSync(join(temporary, leaseName(process.pid, '1')));
  const living = leaseName(process.pid, ownIdentity().startTime);
  mkdirSync(join(temporary, living));

  await removeDeadLeases(temporary);

  expect(readdirSync(temporary)).toEqual([living]);
});

test('a lease of another container lives as long as its heartbeat', async () => {
  const temporary = await temporaryRoot();
  const path = join(temporary, leaseName(1, '1', 'ffffffffffff.1'));
  mkdirSync(path, { recursive: true });
  expect(listLeases(temporary)).toMatchObject([{ isAlive: true }]);

  utimesSync(path, new Date(), new Date(Date.now() - 16 * 60_000));

  expect(listLeases(temporary)).toMatchObject([{ isAlive: false }]);
});

test('other names are left alone', async () => {
  const temporary = await temporaryRoot();
  mkdirSync(join(temporary, 'somebody-else'), { recursive: true });

  await removeDeadLeases(temporary);

  expect(readdirSync(temporary)).toEqual(['somebody-else']);
});

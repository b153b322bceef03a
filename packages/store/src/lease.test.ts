import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { waitFor } from '../../../test/support/wait-for.ts';
import { temporaryRoot } from '../test/temporary-store.ts';
import { Lease } from './lease.ts';
import { listLeases, protectedSince, removeDeadLeases } from './lease-folders.ts';
import { ownIdentity } from './process-identity.ts';

/** Name of a lease of this machine. */
function leaseName(pid: number, startTime: string, machine = ownIdentity().machine): string {
  return `1700000000000-${machine}-${pid}-${startTime}-1`;
}

function deadPid(): number {
  return spawnSync('true').pid;
}

test('a store that is open protects nothing until something is used', async () => {
  const temporary = await temporaryRoot();

  const lease = new Lease(temporary);
  writeFileSync(lease.newPath(), 'scratch');
  expect(listLeases(temporary)).toMatchObject([{ since: Number.POSITIVE_INFINITY, isAlive: true }]);
  const { since } = lease;
  expect(protectedSince(temporary)).toBeLessThan(since);
  expect(listLeases(temporary)).toHaveLength(2);
  lease.end();

  expect(readdirSync(temporary)).toEqual([]);
});

test('what was used in a period that is over is free again, but not while somebody holds it', async () => {
  const temporary = await temporaryRoot();
  const lease = new Lease(temporary, { periodMs: 300, heartbeatMs: 1e6 });
  const first = lease.since;
  const release = lease.hold();

  await sleep(310);
  const second = lease.since;
  expect(second).toBeGreaterThan(first);
  expect(protectedSince(temporary)).toBeLessThan(first);
  release();
  release();

  expect(protectedSince(temporary)).toBeGreaterThan(first);
  expect(protectedSince(temporary)).toBeLessThan(second);
  lease.end();
});

test('holds of the same period end with the last, and a period that nobody holds with its time', async () => {
  const temporary = await temporaryRoot();
  const lease = new Lease(temporary, { periodMs: 50, heartbeatMs: 20 });
  const releases = [lease.hold(), lease.hold()];
  releases[0]?.();
  await sleep(150);
  expect(listLeases(temporary)).toHaveLength(2);

  releases[1]?.();
  await waitFor('the end of the period', async () => (listLeases(temporary).length === 1 ? true : undefined));

  expect(listLeases(temporary)).toMatchObject([{ since: Number.POSITIVE_INFINITY }]);
  lease.end();
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

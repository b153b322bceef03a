import { type BuildOptions, createBuilder } from '@tsbuild/engine';
import { expect, test } from 'vitest';
import { saveBusybox } from '../support/busybox.ts';
import { testWith } from '../support/parts.ts';
import { openTempFolder } from '../support/temp-folder.ts';
import { tsbuild } from '../support/tsbuild.ts';

const runTest = testWith('root', 'busybox');

/** Builds a Dockerfile with the command and these arguments; the store has busybox. */
async function buildWith(args: readonly string[], dockerfile: string, ...again: readonly (readonly string[])[]) {
  await using folder = await openTempFolder();
  const store = folder.file('store');
  await using builder = await createBuilder({ root: store });
  await saveBusybox(builder);
  const results = [];
  for (const flags of [args, ...again])
    results.push(await tsbuild(store, ['build', '--progress=plain', ...flags, '-'], { input: dockerfile }));
  return results;
}

runTest('a step that the memory limit ends says so, and which it was', async () => {
  const dockerfile = 'FROM busybox\nRUN head -c 200m /dev/zero | tail -c 200m > /f\n';
  const [result] = await buildWith(['--memory=16m', '--memory-swap=16m'], dockerfile);

  expect(result?.exitCode).toBe(1);
  expect(result?.stderr).toContain('out of memory: the kernel killed it at the limit of 16 MiB (--memory)');
  expect(result?.stderr).toContain('>> 2 | RUN head');
});

runTest('limits are no part of a key', async () => {
  const limits = ['--memory=64m', '--pids-limit=64', '--cpu-quota=100000', '--step-timeout=1m'];
  const [first, second] = await buildWith(limits, 'FROM busybox\nRUN echo 1 > /f\n', ['-m', '1g']);

  expect([first?.exitCode, second?.exitCode]).toEqual([0, 0]);
  expect(first?.stderr).toContain('#2 ran: never built before');
  expect(second?.stderr).toContain('#2 CACHED');
});

runTest('a step that takes too long is stopped with everything it started, and says which and why', async () => {
  const dockerfile = "FROM busybox\nRUN true\nRUN trap '' TERM; (setsid sleep 60 &); sleep 60\n";
  const before = Date.now();
  const [result] = await buildWith(['--step-timeout=700ms'], dockerfile);

  expect(result?.exitCode).toBe(1);
  expect(result?.stderr).toContain('exit code: 137: stopped after 0.7s, the time limit of a step (--step-timeout)');
  expect(result?.stderr).toContain(">> 3 | RUN trap ''");
  expect(Date.now() - before).toBeLessThan(50_000);
});

runTest('--max-parallelism=1 runs one command at a time', async () => {
  const stage = (name: string) =>
    `FROM busybox AS ${name}\nRUN --mount=type=cache,target=/c : ${name} && mkdir /c/busy && sleep 0.3 && rmdir /c/busy\n`;
  const stages = ['a', 'b', 'c'];
  const copies = stages.map((name) => `COPY --from=${name} /etc/passwd /${name}\n`).join('');
  const dockerfile = `${stages.map(stage).join('')}FROM scratch\n${copies}`;
  const [one, many] = await buildWith(['--max-parallelism=1'], dockerfile, ['--no-cache']);

  expect([one?.exitCode, one?.stderr]).toEqual([0, expect.any(String)]);
  expect(many?.stderr).toContain("can't create directory '/c/busy': File exists");
});

test.each<[Partial<BuildOptions>, string]>([
  [{ resources: { memory: 1024 } }, '--memory=1024 is out of range'],
  [{ resources: { memorySwap: 1024 } }, '--memory-swap needs --memory'],
  [{ resources: { memory: 8e6, memorySwap: 7e6 } }, '--memory-swap is less than --memory'],
  [{ resources: { cpuShares: 1 } }, '--cpu-shares=1 is out of range'],
  [{ resources: { cpuPeriod: 10 } }, '--cpu-period=10 is out of range'],
  [{ resources: { cpuQuota: 10 } }, '--cpu-quota=10 is out of range'],
  [{ resources: { cpusetCpus: '0,x' } }, '--cpuset-cpus=0,x is no list of numbers'],
  [{ resources: { pidsLimit: 0 } }, '--pids-limit=0 is out of range'],
  [{ stepTimeout: 0 }, '--step-timeout=0 is out of range'],
])('%o is refused before anything runs', async (options, message) => {
  await using folder = await openTempFolder();
  await using builder = await createBuilder({ root: folder.file('store') });
  const build = builder.build({ context: { files: {} }, dockerfile: 'FROM scratch\nENV A=1\n', ...options });
  await expect(build).rejects.toMatchObject({ code: 'ERR_TSBUILD_USAGE', message });
});

import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { needsRoot, SandboxFixture } from '../test/fixture.ts';

/** Nobody has this id, so it has no subordinate ids either. */
const UID = 64_321;

const COMMANDS = [
  'touch /f && chown 5:6 /f && chown -h 7 /f && stat -c "%u %g" /f',
  'echo 1 > /g && tar -c -f /t g && chgrp 7 /g && tar -x -f /t && stat -c "%u %g" /g',
  'cp /bin/busybox /s && chmod u+s /s && stat -c %a /s; grep NoNewPrivs /proc/self/status | cut -f 2',
];

test.skipIf(needsRoot !== '')(`a user without subordinate ids may ignore changes of owners${needsRoot}`, async () => {
  await using fixture = await SandboxFixture.create();
  await chmod(fixture.folder, 0o755);
  const outcomes = async (ignoreChownErrors: boolean) => {
    const scratch = await mkdtemp(join(tmpdir(), 'ignore-chown-'));
    await chown(scratch, UID, UID);
    const { folder, base } = fixture;
    const commands = COMMANDS.map((command) => ({ args: ['/bin/sh', '-c', command] }));
    const job = { folder, scratch, diffId: base.diffId, tier: 'userns-single', runner: 'builtin', commands };
    const script = fileURLToPath(new URL('../test/run-cell.mjs', import.meta.url));
    const prefix = ['--reuid', String(UID), '--regid', String(UID), '--clear-groups', '--', process.execPath];
    const args = [...prefix, script, JSON.stringify({ ...job, options: { ignoreChownErrors } })];
    const results = JSON.parse(execFileSync('setpriv', args, { encoding: 'utf8', cwd: '/' })) as readonly {
      readonly exitCode: number;
      readonly output: string;
    }[];
    execFileSync('rm', ['-rf', scratch]);
    return results.map(({ exitCode, output }) => `${exitCode} ${output}`);
  };

  expect(await outcomes(true)).toEqual(['0 0 0\n', '0 0 0\n', '0 4755\n0\n']);
  expect((await outcomes(false))[0]).toBe('1 chown: /f: Invalid argument\n');
});

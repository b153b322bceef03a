import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { needsRoot } from '../test/fixture.ts';
import { ordinaryUser } from '../test/ordinary-user.ts';
import { removeTree } from './remove-tree.ts';

test('what is not there is no error', async () => {
  await expect(removeTree('/nonexistent/x')).resolves.toBeUndefined();
});

const missing = needsRoot || (ordinaryUser === undefined ? ' (skipped: needs a user with subordinate ids)' : '');

test.skipIf(missing !== '')(`an ordinary user removes what its subordinate ids closed to it${missing}`, async () => {
  const { uid = 0, firstId = 0 } = ordinaryUser ?? {};
  const folder = await mkdtemp(join(tmpdir(), 'remove-tree-'));
  try {
    await mkdir(join(folder, 'tree/closed'), { recursive: true });
    await writeFile(join(folder, 'tree/closed/file'), 'x');
    await chown(join(folder, 'tree/closed'), firstId + 5, firstId + 5);
    await chmod(join(folder, 'tree/closed'), 0o700);
    for (const path of [folder, join(folder, 'tree')]) await chown(path, uid, uid);

    const script = 'const [, url, path] = process.argv; import(url).then((sandbox) => sandbox.removeTree(path))';
    const user = ['--reuid', String(uid), '--regid', String(uid), '--clear-groups', '--'];
    const index = import.meta.resolve('@tsbuild/sandbox');
    execFileSync('setpriv', [...user, process.execPath, '-e', script, index, join(folder, 'tree')], { cwd: '/' });

    expect(await readdir(folder)).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

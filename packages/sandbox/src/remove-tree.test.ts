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

interface ClosedTrees extends AsyncDisposable {
  readonly folder: string;
  readonly paths: readonly string[];
}

/** Trees of the ordinary user in which one of its subordinate ids has closed a folder. */
async function closedTrees(...names: readonly string[]): Promise<ClosedTrees> {
  const { uid = 0, firstId = 0 } = ordinaryUser ?? {};
  const folder = await mkdtemp(join(tmpdir(), 'remove-tree-'));
  await chown(folder, uid, uid);
  const paths = names.map((name) => join(folder, name));
  for (const path of paths) {
    await mkdir(join(path, 'closed'), { recursive: true });
    await writeFile(join(path, 'closed/file'), 'x');
    await chown(join(path, 'closed'), firstId + 5, firstId + 5);
    await chmod(join(path, 'closed'), 0o700);
    await chown(path, uid, uid);
  }
  return { folder, paths, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** Runs the body of a function of `sandbox`, the package, and `paths` as the ordinary user. Returns what it printed. */
function runAsUser(body: string, paths: readonly string[]): string {
  const { uid = 0 } = ordinaryUser ?? {};
  const script = `const [, url, ...paths] = process.argv; import(url).then(async (sandbox) => { ${body} })`;
  const user = ['--reuid', String(uid), '--regid', String(uid), '--clear-groups', '--'];
  const index = import.meta.resolve('@tsbuild/sandbox');
  return execFileSync('setpriv', [...user, process.execPath, '-e', script, index, ...paths], {
    cwd: '/',
    encoding: 'utf8',
  });
}

test.skipIf(missing !== '')(`an ordinary user removes what its subordinate ids closed to it${missing}`, async () => {
  await using trees = await closedTrees('tree');

  runAsUser('await sandbox.removeTree(paths[0]);', trees.paths);

  expect(await readdir(trees.folder)).toEqual([]);
});

test.skipIf(missing !== '')(`many trees are removed by one helper, which ends${missing}`, async () => {
  await using trees = await closedTrees('a', 'b', 'c');

  const printed = runAsUser(
    `
    const { readFileSync } = await import('node:fs');
    const children = () => readFileSync('/proc/self/task/' + process.pid + '/children', 'utf8').trim();
    const remover = sandbox.createTreeRemover();
    const seen = [children()];
    for (const path of paths) { await remover.remove(path); seen.push(children()); }
    await remover[Symbol.asyncDispose]();
    seen.push(children());
    console.log(JSON.stringify(seen.map((pids) => pids === '' ? 'none' : pids === seen[1] ? 'the helper' : pids)));
    `,
    trees.paths,
  );

  expect(JSON.parse(printed)).toEqual(['none', 'the helper', 'the helper', 'the helper', 'none']);
  expect(await readdir(trees.folder)).toEqual([]);
});

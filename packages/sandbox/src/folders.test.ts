import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needsRoot, SandboxFixture } from '../test/fixture.ts';
import { ordinaryUser } from '../test/ordinary-user.ts';
import type { TierName } from './tier/tier.ts';

const FILL = `cd /c
echo note > note; echo a > a; ln a b; ln a z; chmod 6640 a
mkdir -m 1777 d; echo x > d/x; ln -s ../a d/link; mkfifo pipe; echo gone > gone; mkdir e; echo in > e/in; echo odd > .wh.odd
find . -exec touch -h -d '2001-02-03 04:05:06' {} +`;
const GIVE_AWAY = 'chown 7:8 a; chown -h 9:9 d/link; chown 5:5 d; chmod 6640 a';
const CHANGE = 'cd /c; rm -r gone e; echo b >> z; chmod 6640 z; echo new > d/new; ln d/new new; rm d/x; echo file > e';
const LOOK =
  'cd /c; find . ! -name .wh.odd ! -name . -exec stat -c "%n %F %a %u:%g %h" {} + | sort; stat -c %Y note d/link; cat a d/new; stat -c %i a b z | uniq | wc -l; stat -c %i d/new new | uniq | wc -l';

interface Outcome {
  readonly none: number;
  readonly first: readonly string[];
  readonly second: readonly string[];
  readonly original: string;
  readonly copy: string;
  readonly xattr?: string;
}

const user = ordinaryUser?.uid;
const TIERS: readonly TierName[] = ['root', 'chroot', 'userns', 'userns-single'];
const missing = needsRoot || (user === undefined ? ' (skipped: needs a user with subordinate ids)' : '');

describe.skipIf(missing !== '')(`a folder that commands write to, packed and unpacked${missing}`, () => {
  let sandbox: SandboxFixture;
  beforeAll(async () => {
    sandbox = await SandboxFixture.create();
    await chmod(sandbox.folder, 0o755);
  });
  afterAll(async () => {
    await sandbox[Symbol.asyncDispose]();
  });

  async function roundTrip(tier: TierName, fill: string): Promise<Outcome> {
    const scratch = await mkdtemp(join(tmpdir(), 'sandbox-folders-'));
    const isRootless = tier.startsWith('userns');
    if (isRootless) await chown(scratch, user ?? 0, user ?? 0);
    const { folder, base } = sandbox;
    const job = { folder, scratch, diffId: base.diffId, tier, fill, change: CHANGE, look: LOOK };
    const script = fileURLToPath(new URL('../test/run-folders.mjs', import.meta.url));
    const identity = ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--clear-groups', '--'];
    const [program = '', ...args] = [...(isRootless ? identity : []), process.execPath, script, JSON.stringify(job)];
    try {
      return JSON.parse(execFileSync(program, args, { encoding: 'utf8', cwd: '/' }));
    } finally {
      execFileSync('rm', ['-rf', scratch]);
    }
  }

  test.each(TIERS)('%s: owners, links and attributes come back, and only changes are packed again', async (tier) => {
    const hasOwners = tier !== 'userns-single';
    const [a, link, d] = hasOwners ? ['7:8', '9:9', '5:5'] : ['0:0', '0:0', '0:0'];
    const outcome = await roundTrip(tier, hasOwners ? `${FILL}\n${GIVE_AWAY}` : FILL);

    expect(outcome.none).toBe(0);
    expect(outcome.first).toEqual([
      'file a',
      'file b = a',
      'directory d',
      'symlink d/link',
      'file d/x',
      'directory e',
      'file e/in',
      'file gone',
      'file note',
      'fifo pipe',
      'file z = a',
    ]);
    expect(outcome.second).toEqual([
      'whiteout d/x',
      'whiteout gone',
      'file a',
      'file b = a',
      'file d/new',
      'file e',
      'file new = d/new',
      'file z = a',
    ]);
    expect(outcome.copy).toBe(
      [
        `./a regular file 6640 ${a} 3`,
        `./b regular file 6640 ${a} 3`,
        `./d directory 1777 ${d} 2`,
        `./d/link symbolic link 777 ${link} 1`,
        './d/new regular file 644 0:0 2',
        './e regular file 644 0:0 1',
        './new regular file 644 0:0 2',
        './note regular file 644 0:0 1',
        './pipe fifo 644 0:0 1',
        `./z regular file 6640 ${a} 3`,
        '981173106\n981173106\na\nb\nnew\n1\n1\n',
      ].join('\n'),
    );
    expect(outcome.copy).toBe(outcome.original);
    expect(outcome.xattr).toBe('kept');
  });
});

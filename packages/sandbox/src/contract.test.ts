import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CELLS, FEATURES } from '../test/contract.ts';
import { needsRoot, SandboxFixture } from '../test/fixture.ts';
import { ordinaryUser } from '../test/ordinary-user.ts';
import type { RunnerName } from './options.ts';
import type { TierName } from './tier/tier.ts';

const ordinaryUserId = ordinaryUser?.uid;

describe.each(CELLS)('contract of %s', (cell) => {
  const [tier, runner] = cell.split(' ') as [TierName, RunnerName];
  const isRootless = tier.startsWith('userns');
  const missing = needsRoot || missingPart(runner, isRootless);
  const names = Object.keys(FEATURES);
  let outcomes: Readonly<Record<string, string>> = {};
  let fixture: SandboxFixture | undefined;

  beforeAll(async () => {
    if (missing !== '') return;
    fixture = await SandboxFixture.create();
    const scratch = await mkdtemp(join(tmpdir(), 'sandbox-cell-'));
    await chmod(fixture.folder, 0o755);
    if (isRootless && ordinaryUserId !== undefined) await chown(scratch, ordinaryUserId, ordinaryUserId);
    outcomes = runCell({ tier, runner, scratch }, fixture);
    execFileSync('rm', ['-rf', scratch]);
  });
  afterAll(async () => {
    await fixture?.[Symbol.asyncDispose]();
  });

  test.skipIf(missing !== '').each(names)(`%s${missing}`, (name) => {
    const feature = FEATURES[name];
    const expected = feature?.cells?.[cell] ?? feature?.everywhere ?? '';
    if (expected.startsWith('/')) expect(outcomes[name]).toMatch(new RegExp(expected.slice(1, -1)));
    else expect(outcomes[name]).toBe(expected);
  });
});

interface CellOptions {
  readonly tier: TierName;
  readonly runner: RunnerName;
  readonly scratch: string;
}

function runCell({ tier, runner, scratch }: CellOptions, { folder, base }: SandboxFixture): Record<string, string> {
  const job = { folder, scratch, diffId: base.diffId, tier, runner, commands: Object.values(FEATURES) };
  const args = [process.execPath, fileURLToPath(new URL('../test/run-cell.mjs', import.meta.url)), JSON.stringify(job)];
  const user = String(ordinaryUserId);
  const prefix = tier.startsWith('userns') ? ['setpriv', '--reuid', user, '--regid', user, '--clear-groups', '--'] : [];
  const [program = '', ...rest] = [...prefix, ...args];
  const outcomes = JSON.parse(execFileSync(program, rest, { encoding: 'utf8', cwd: '/' })) as readonly {
    readonly exitCode?: number;
    readonly output?: string;
    readonly refusal?: string;
  }[];
  const texts = outcomes.map(({ exitCode, output, refusal }) => refusal ?? `${exitCode} ${output}`);
  return Object.fromEntries(Object.keys(FEATURES).map((name, index) => [name, texts[index] ?? '']));
}

function missingPart(runner: RunnerName, isRootless: boolean): string {
  if (isRootless && ordinaryUser === undefined) return ' (skipped: needs a user with subordinate ids)';
  const paths = ['/usr/sbin', '/usr/bin', '/usr/local/bin', '/usr/local/sbin'];
  const isThere = runner === 'builtin' || paths.some((path) => existsSync(join(path, runner)));
  return isThere ? '' : ` (skipped: needs ${runner})`;
}

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RunnerName } from '../src/options.ts';
import type { TierName } from '../src/tier/tier.ts';
import type { Cell, Feature } from './contract.ts';
import { needsRoot, type SandboxFixture } from './fixture.ts';
import { ordinaryUser } from './ordinary-user.ts';

const uid = ordinaryUser?.uid;

/** Has the sandbox of a cell run commands, in a process of its own, as an ordinary user where its tier is one's; what came of each, by its name. */
export async function runCell(
  cell: Cell,
  commands: Readonly<Record<string, Omit<Feature, 'everywhere'>>>,
  { folder, base }: SandboxFixture,
): Promise<Readonly<Record<string, string>>> {
  const [tier, runner] = partsOf(cell);
  const scratch = await mkdtemp(join(tmpdir(), 'sandbox-cell-'));
  await chmod(folder, 0o755);
  if (isRootless(tier) && uid !== undefined) await chown(scratch, uid, uid);
  const job = { folder, scratch, diffId: base.diffId, tier, runner, commands: Object.values(commands) };
  const args = [process.execPath, fileURLToPath(new URL('./run-cell.mjs', import.meta.url)), JSON.stringify(job)];
  const user = String(uid);
  const prefix = isRootless(tier) ? ['setpriv', '--reuid', user, '--regid', user, '--clear-groups', '--'] : [];
  const [program = '', ...rest] = [...prefix, ...args];
  const outcomes = JSON.parse(execFileSync(program, rest, { encoding: 'utf8', cwd: '/' })) as readonly {
    readonly exitCode?: number;
    readonly output?: string;
    readonly refusal?: string;
  }[];
  execFileSync('rm', ['-rf', scratch]);
  const texts = outcomes.map(({ exitCode, output, refusal }) => refusal ?? `${exitCode} ${output}`);
  return Object.fromEntries(Object.keys(commands).map((name, index) => [name, texts[index] ?? '']));
}

/** Why a cell cannot be tried on this machine, for titles of tests; empty when it can. */
export function missingFor(cell: Cell): string {
  const [tier, runner] = partsOf(cell);
  if (needsRoot !== '') return needsRoot;
  if (isRootless(tier) && ordinaryUser === undefined) return ' (skipped: needs a user with subordinate ids)';
  const paths = ['/usr/sbin', '/usr/bin', '/usr/local/bin', '/usr/local/sbin'];
  const isThere = runner === 'builtin' || paths.some((path) => existsSync(join(path, runner)));
  return isThere ? '' : ` (skipped: needs ${runner})`;
}

function partsOf(cell: Cell): [TierName, RunnerName] {
  return cell.split(' ') as [TierName, RunnerName];
}

function isRootless(tier: TierName): boolean {
  return tier.startsWith('userns');
}

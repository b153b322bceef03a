import { expect, test } from 'vitest';
import { CELLS, type Cell, FEATURES, type Feature } from '../test/contract.ts';

const INTRODUCTION = `# What each sandbox does

One row for each feature that the contract suite of \`@tsbuild/sandbox\` asks of every tier and runner. This page is
written from that suite (\`vitest run --update\`), and a test compares them. What the tiers are: [sandbox.md](sandbox.md).

- **passes**: as in Docker.
- **refused**: by name, before anything runs.
- **refused without a cgroup**: passes where the user has a cgroup of its own, refused by name elsewhere.
- **weaker**: it runs, and sees or may do less or more than in Docker; see sandbox.md.

The runners runc and crun do not work in the tiers \`userns-single\` and \`chroot\`, and are refused there by name.

Stores lie on ext4, xfs, btrfs or tmpfs, each tried by building on it. On an overlay only the tier \`chroot\` works; on tmpfs
ordinary users need Linux 6.6.
`;

/** An exit status and the output, or the text of a refusal. */
function verdict({ cells }: Feature, cell: Cell): string {
  const expected = cells?.[cell];
  if (expected === undefined) return 'passes';
  if (expected.includes('|cannot limit')) return 'refused without a cgroup';
  return /^(?:\/\^)?\d+ /.test(expected) ? 'weaker' : 'refused';
}

test('the page of the matrix says what the contract suite expects', async () => {
  const rows = Object.entries(FEATURES).map(([name, feature]) => [
    name,
    ...CELLS.map((cell) => verdict(feature, cell)),
  ]);
  const lines = [['feature', ...CELLS], CELLS.concat('root builtin').map(() => '---'), ...rows];
  const page = `${INTRODUCTION}\n${lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('')}`;
  await expect(page).toMatchFileSnapshot('../../../docs/sandbox-matrix.md');
});

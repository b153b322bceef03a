// npm run test:lts: the unit and system tests on the current LTS of Node, which the npm package `node` brings.
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runReachable } from './lib/reachable.mjs';

const LTS = 'node@24';

const args = ['--yes', `--package=${LTS}`, '--', 'node', '--print', 'process.execPath'];
const installed = execFileSync('npx', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
// npm's cache lies in a private folder, and some tests start Node as another user.
const folder = mkdtempSync('/var/tmp/tsbuild-node-');
try {
  chmodSync(folder, 0o755);
  const node = join(folder, 'node');
  copyFileSync(installed, node);
  const projects = ['--project', 'unit', '--project', 'system'];
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...projects, ...process.argv.slice(2)];
  process.exitCode = await runReachable(node, vitest);
} finally {
  rmSync(folder, { recursive: true });
}

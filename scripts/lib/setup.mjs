import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fingerprint, readStamp, writeStamp } from './fingerprint.mjs';
import { mustRun, ROOT } from './run.mjs';

const LEAST_NODE = [20, 19];
const STAMPS = join(ROOT, 'node_modules/.tsbuild-setup');

/** Installs what the lockfile says and builds every package; does nothing when both are done and nothing changed. */
export async function setup() {
  checkNode();
  await step(
    'install',
    installInputs(),
    join(ROOT, 'node_modules/.bin/tsc'),
    'installing dependencies',
    installDependencies,
  );
  await step('build', buildInputs(), join(ROOT, 'packages/cli/dist/bundle/main.cjs'), 'building', () =>
    mustRun('npm', ['run', '--silent', 'build'], { quiet: true }),
  );
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1])) return;
  console.error(`tsbuild needs Node ${LEAST_NODE.join('.')} or newer, this is ${process.versions.node}`);
  process.exit(1);
}

/** Runs `work` unless `result` exists and the inputs are those of the last time. */
async function step(name, inputs, result, title, work) {
  const stamp = join(STAMPS, name);
  if (existsSync(result) && readStamp(stamp) === fingerprint(inputs)) return;
  console.log(`${title} …`);
  await work();
  writeStamp(stamp, fingerprint(inputs));
}

/** pnpm needs no installation of its own: npx fetches the version that package.json names. */
async function installDependencies() {
  const { packageManager } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  await mustRun('npx', ['--yes', packageManager, 'install', '--frozen-lockfile'], { quiet: true, env: { CI: 'true' } });
}

function packageFolders() {
  return readdirSync(join(ROOT, 'packages')).map((name) => join(ROOT, 'packages', name));
}

function installInputs() {
  const manifests = [ROOT, ...packageFolders()].map((folder) => join(folder, 'package.json'));
  return [...manifests, join(ROOT, 'pnpm-lock.yaml'), join(ROOT, 'pnpm-workspace.yaml')];
}

function buildInputs() {
  const sources = packageFolders().flatMap((folder) => [
    join(folder, 'src'),
    join(folder, 'scripts'),
    join(folder, 'package.json'),
    join(folder, 'tsconfig.json'),
  ]);
  return [...sources, join(ROOT, 'tsconfig.json'), join(ROOT, 'tsconfig.base.json'), join(ROOT, 'pnpm-lock.yaml')];
}

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { mustRun } from './command.ts';
import { startNpmRegistry } from './npm-registry.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

/** Packs every package as it would be published, and returns the tarballs in order of name. */
export async function packPackages(folder: string): Promise<readonly string[]> {
  const { packageManager } = JSON.parse(await readFile(`${CHECKOUT}/package.json`, 'utf8'));
  await mustRun(['npx', '--yes', packageManager, '--recursive', 'pack', '--pack-destination', folder], {
    cwd: CHECKOUT,
  });
  return (await readdir(folder)).sort().map((name) => `${folder}/${name}`);
}

/** Makes a project that has installed `names` from a registry that has the tarballs; no install script runs. */
export async function installPackages(
  project: string,
  tarballs: readonly string[],
  names: readonly string[],
): Promise<void> {
  await writeFile(`${project}/package.json`, JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  await using registry = await startNpmRegistry(tarballs);
  await mustRun(['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', ...names], {
    cwd: project,
    env: { NPM_CONFIG_REGISTRY: registry.url, NPM_CONFIG_CACHE: `${project}/.npm-cache` },
  });
}

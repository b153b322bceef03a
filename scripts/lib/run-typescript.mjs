import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { ROOT } from './run.mjs';

/** Imports a TypeScript module of this checkout: what it imports by relative path is compiled with it, the rest is not. */
export async function importTypeScript(entry) {
  const folder = mkdtempSync(join(ROOT, 'node_modules/.tsbuild-script-'));
  try {
    const outfile = join(folder, 'script.mjs');
    await build({
      entryPoints: [entry],
      bundle: true,
      platform: 'node',
      target: 'node20.19',
      format: 'esm',
      packages: 'external',
      outfile,
      sourcemap: 'inline',
      logLevel: 'warning',
      plugins: [keepModuleUrls],
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In a bundle `import.meta.url` would be the bundle's; modules look for files beside their sources. */
const keepModuleUrls = {
  name: 'keep-module-urls',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
    }));
  },
};

import { readFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const NAMESPACE = 'named-commonjs';

/**
 * Gives dynamically imported CommonJS packages their names, as Node does: esbuild gives them a default export only.
 * @type {import('esbuild').Plugin}
 */
export const namedCommonJs = {
  name: NAMESPACE,
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, async ({ kind, path, resolveDir, namespace }) => {
      if (kind !== 'dynamic-import' || namespace === NAMESPACE) return undefined;
      const found = await build.resolve(path, { kind: 'import-statement', resolveDir });
      const isOurs = !found.external && found.errors.length === 0 && (await isCommonJs(found.path));
      return isOurs ? { path: found.path, namespace: NAMESPACE } : undefined;
    });
    build.onLoad({ filter: /.*/, namespace: NAMESPACE }, async ({ path }) => ({
      contents: await withNames(path),
      resolveDir: dirname(path),
    }));
  },
};

async function withNames(path) {
  const exported = Object.keys(await import(pathToFileURL(path).href));
  const names = exported.filter((name) => !['default', 'module.exports', '__esModule'].includes(name));
  return `const all = require(${JSON.stringify(path)});\nexport const { ${names.join(', ')} } = all;\nexport default all;\n`;
}

async function isCommonJs(path) {
  if (extname(path) !== '.js') return extname(path) === '.cjs';
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const manifest = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined);
    if (manifest !== undefined) return JSON.parse(manifest).type !== 'module';
  }
}

/**
 * Bundles the command into dist/bundle: `main.js`, chunks that are loaded when they are needed, and the entries of
 * threads and processes beside them under their own names, where `new URL('./x-worker.js', import.meta.url)` finds them.
 * Run after `tsc -b`. koffi is native code and stays a dependency of the package.
 */
import { copyFile, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { namedCommonJs } from './named-commonjs.mjs';
import { usedUndici } from './used-undici.mjs';

const PACKAGES = fileURLToPath(new URL('../..', import.meta.url));
const DIST = join(PACKAGES, 'cli/dist');
const OUTPUT = join(DIST, 'bundle');
const UNFINISHED = join(DIST, `bundle-${process.pid}`);
const WITH_PROCESSES = ['engine', 'layer', 'registry', 'sandbox', 'store'];
/** What a browser runs is taken as it is: nothing of Node may be added to it. */
const PAGE_SCRIPTS = ['report/dist/file-browser.js'];
const BESIDE = /new URL\(['"]\.\/([^'"]+\.js)['"],\s*import\.meta\.url\)/g;

/** What CommonJS dependencies expect to find around them. */
const COMMONJS_BANNER = [
  "import { createRequire as __createRequire } from 'node:module';",
  'const require = __createRequire(import.meta.url), __dirname = import.meta.dirname;',
].join('');

const entryPoints = { main: join(DIST, 'main.js'), ...(await findProcesses()) };
const { metafile } = await build({
  entryPoints,
  outdir: UNFINISHED,
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: ['koffi'],
  plugins: [usedUndici, namedCommonJs],
  banner: { js: COMMONJS_BANNER },
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
}).catch(() => process.exit(1)); // esbuild has told why
const dependencies = Object.keys(metafile.inputs).filter((path) => /^(?![a-z-]+:).*node_modules\//.test(path));
await copyWebAssembly(dependencies);
for (const path of PAGE_SCRIPTS) await copyFile(join(PACKAGES, path), join(UNFINISHED, basename(path)));
await checkUrls(metafile);
await writeFile(join(UNFINISHED, 'LICENSES.txt'), await collectLicenses(dependencies));
await rm(OUTPUT, { recursive: true, force: true });
await rename(UNFINISHED, OUTPUT);

/** The files that our packages look for beside themselves, by the name they keep. */
async function findProcesses() {
  const entries = {};
  for (const name of WITH_PROCESSES) {
    const dist = join(PACKAGES, name, 'dist');
    for (const file of (await readdir(dist, { recursive: true })).filter((path) => path.endsWith('.js'))) {
      const text = await readFile(join(dist, file), 'utf8');
      for (const [, wanted] of text.matchAll(BESIDE)) {
        const entry = basename(wanted, '.js');
        const path = join(dist, dirname(file), wanted);
        if ((entries[entry] ?? path) !== path)
          throw new Error(`two entries are called ${entry}: ${entries[entry]} and ${path}`);
        entries[entry] = path;
      }
    }
  }
  return entries;
}

/** Every file that the bundle looks for beside itself has to be there. */
async function checkUrls({ outputs }) {
  const names = new Set([...Object.keys(outputs), ...PAGE_SCRIPTS].map((path) => basename(path)));
  for (const path of Object.keys(outputs)) {
    const text = await readFile(path, 'utf8');
    for (const [, wanted] of text.matchAll(BESIDE)) {
      if (!names.has(wanted)) throw new Error(`${basename(path)} looks for ${wanted}, which is not in the bundle`);
    }
  }
}

/** Dependencies read their WebAssembly from beside their code. */
async function copyWebAssembly(paths) {
  for (const path of paths) {
    const text = await readFile(path, 'utf8');
    for (const [, name] of text.matchAll(/['"]\.\/([\w.-]+\.wasm)['"]/g)) {
      await copyFile(join(dirname(path), name), join(UNFINISHED, name));
    }
  }
}

/** The licences of the packages whose code is in the bundle. */
async function collectLicenses(paths) {
  const folders = new Set(paths.flatMap((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []));
  const texts = [...folders].sort().map(async (folder) => {
    const { name, version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? 'see its package.json\n' : await readFile(join(folder, file), 'utf8');
    return `${name} ${version}\n\n${text}\n${'-'.repeat(80)}\n\n`;
  });
  return (await Promise.all(texts)).join('');
}

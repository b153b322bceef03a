/**
 * Bundles the command into dist/bundle: `main.js`, chunks that are loaded when they are needed, and the entries of
 * worker processes beside them under their own names, where `new URL('./x-worker.js', import.meta.url)` finds them.
 * Run after `tsc -b`. koffi is native code and stays a dependency of the package.
 */
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const PACKAGES = fileURLToPath(new URL('../..', import.meta.url));
const DIST = join(PACKAGES, 'cli/dist');
const OUTPUT = join(DIST, 'bundle');
const UNFINISHED = join(DIST, `bundle-${process.pid}`);
const WITH_WORKERS = ['engine', 'layer', 'registry', 'sandbox', 'store'];

/** Lets CommonJS dependencies load the modules of Node from inside an ES module. */
const REQUIRE_BANNER =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

const entryPoints = { main: join(DIST, 'main.js'), ...(await findWorkers()) };
const { metafile } = await build({
  entryPoints,
  outdir: UNFINISHED,
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: ['koffi'],
  banner: { js: REQUIRE_BANNER },
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
}).catch(() => process.exit(1)); // esbuild has told why
await checkUrls(metafile);
await writeFile(join(UNFINISHED, 'LICENSES.txt'), await collectLicenses(metafile));
await rm(OUTPUT, { recursive: true, force: true });
await rename(UNFINISHED, OUTPUT);

/** Compiled files named `worker.js` or `…-worker.js`, by the name they keep. */
async function findWorkers() {
  const workers = {};
  for (const name of WITH_WORKERS) {
    const dist = join(PACKAGES, name, 'dist');
    for (const file of await readdir(dist, { recursive: true })) {
      if (!/(^|-)worker\.js$/.test(basename(file))) continue;
      const entry = basename(file, '.js');
      if (entry in workers)
        throw new Error(`two workers are called ${entry}: ${workers[entry]} and ${join(dist, file)}`);
      workers[entry] = join(dist, file);
    }
  }
  return workers;
}

/** Every file that the bundle looks for beside itself has to be there. */
async function checkUrls({ outputs }) {
  const names = new Set(Object.keys(outputs).map((path) => basename(path)));
  for (const path of Object.keys(outputs)) {
    const text = await readFile(path, 'utf8');
    for (const [, wanted] of text.matchAll(/new URL\("\.\/([^"]+)",\s*import\.meta\.url\)/g)) {
      if (!names.has(wanted)) throw new Error(`${basename(path)} looks for ${wanted}, which is not in the bundle`);
    }
  }
}

/** The licences of the packages whose code is in the bundle. */
async function collectLicenses({ inputs }) {
  const folders = new Set(
    Object.keys(inputs).flatMap((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
  );
  const texts = [...folders].sort().map(async (folder) => {
    const { name, version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? 'see its package.json\n' : await readFile(join(folder, file), 'utf8');
    return `${name} ${version}\n\n${text}\n${'-'.repeat(80)}\n\n`;
  });
  return (await Promise.all(texts)).join('');
}

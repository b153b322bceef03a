/**
 * Bundles the command into dist/bundle, as CommonJS, which starts sooner than modules: `main.cjs`, `build.cjs` and `engine.cjs`
 * with what every build loads, chunks that are loaded when they are needed, and the entries of threads and processes beside
 * them, each in one file: what is `new URL('./x-worker.js', import.meta.url)` in our packages is `x-worker.cjs` there.
 * Run after `tsc -b`. koffi is native code and stays a dependency of the package.
 */
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { namedCommonJs } from './named-commonjs.mjs';
import { COMMONJS, toCommonJs, withLocation } from './to-commonjs.mjs';
import { usedUndici } from './used-undici.mjs';

const PACKAGES = fileURLToPath(new URL('../..', import.meta.url));
const DIST = join(PACKAGES, 'cli/dist');
const OUTPUT = join(DIST, 'bundle');
const UNFINISHED = join(DIST, `bundle-${process.pid}`);
const WITH_PROCESSES = ['engine', 'layer', 'registry', 'sandbox', 'store'];
/** What a browser runs is taken as it is: nothing of Node may be added to it. */
const PAGE_SCRIPTS = ['report/dist/file-browser.js'];
const BESIDE = /new URL\(['"]\.\/([^'"]+\.js)['"],\s*import\.meta\.url\)/g;
/** What is loaded together is one file. */
const JOINED = {
  main: ['cli/dist/main.js'],
  build: ['cli/dist/commands/build.js'],
  engine: ['engine/dist/index.js'],
};

/** @type {import('esbuild').BuildOptions} */
const COMMON = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  write: false,
  logLevel: 'warning',
};
/** @type {import('esbuild').BuildOptions} */
const FROM_PACKAGES = {
  ...COMMON,
  outdir: UNFINISHED,
  outExtension: { '.js': '.cjs' },
  external: ['koffi'],
  plugins: [usedUndici, namedCommonJs],
  metafile: true,
};

const processes = await findProcesses();
const [command, beside] = await Promise.all([
  build({ ...FROM_PACKAGES, entryPoints: { main: join(DIST, 'main.js') }, format: 'esm', splitting: true }),
  build({ ...FROM_PACKAGES, ...COMMONJS, entryPoints: processes }),
]).catch(() => process.exit(1)); // esbuild has told why
const files = await toCommonJs(command, JOINED, COMMON);
for (const { path, text } of beside.outputFiles) files.set(basename(path), withLocation(text));
await removeUnfinished();
await mkdir(UNFINISHED, { recursive: true });
for (const [name, text] of files) await writeFile(join(UNFINISHED, name), findingBeside(text));
const inputs = Object.keys({ ...command.metafile.inputs, ...beside.metafile.inputs });
const dependencies = inputs.filter((path) => /^(?![a-z-]+:).*node_modules\//.test(path));
await copyWebAssembly(dependencies);
for (const path of PAGE_SCRIPTS) await copyFile(join(PACKAGES, path), join(UNFINISHED, basename(path)));
await writeFile(join(UNFINISHED, 'LICENSES.txt'), await collectLicenses(dependencies));
await rm(OUTPUT, { recursive: true, force: true });
await rename(UNFINISHED, OUTPUT);

/** What bundlers left that were killed. */
async function removeUnfinished() {
  for (const name of await readdir(DIST)) {
    const pid = /^bundle-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(DIST, name), { recursive: true, force: true });
  }
}

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

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

/** Every file that the bundle looks for beside itself has to be there, and processes have the names that they have there. */
function findingBeside(text) {
  return text.replaceAll(/(new URL\("\.\/)([^"]+)\.js"/g, (all, start, name) => {
    if (name in processes) return `${start}${name}.cjs"`;
    if (PAGE_SCRIPTS.some((path) => basename(path) === `${name}.js`)) return all;
    throw new Error(`the bundle looks for ${name}.js, which is not in it`);
  });
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

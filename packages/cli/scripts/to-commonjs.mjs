import { basename } from 'node:path';
import { build } from 'esbuild';

const NAMESPACE = 'chunk';
const LOCATION = '__location';
const DYNAMIC_IMPORT = /\bimport\("(\.\/[^"]+\.cjs)"\)/g;
const REQUIRE = /\brequire\("\.\/([^"]+\.cjs)"\)/g;

/**
 * How esbuild writes CommonJS of ours, which Node 20 loads in half of the time that modules take.
 * @type {import('esbuild').BuildOptions}
 */
export const COMMONJS = { format: 'cjs', define: { 'import.meta.url': LOCATION, 'import.meta.dirname': '__dirname' } };

/** Tells code in a CommonJS file where it is. */
export function withLocation(text) {
  if (!text.includes(LOCATION)) return text;
  return `const ${LOCATION}=require("node:url").pathToFileURL(__filename).href;${text}`;
}

/**
 * Texts of the files that the chunks of a bundle become in CommonJS, by their names. Each of `joined` is a list of source files
 * that are loaded together: the chunks that these need, and no list before them, are one file under its name.
 */
export async function toCommonJs({ outputFiles, metafile }, joined, options) {
  const chunks = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  const homes = homesOf(readGraph(metafile), joined);
  const files = new Map([...chunks.keys()].map((chunk) => [homes.get(chunk) ?? chunk, []]));
  for (const chunk of chunks.keys()) files.get(homes.get(chunk) ?? chunk).push(chunk);
  const texts = [...files].map(async ([name, members]) => {
    const text = await convert(members, homes.has(members[0]), chunks, options);
    return [name, withLocation(linked(text, homes))];
  });
  return new Map(await Promise.all(texts));
}

/** Chunks by name: the source file that a chunk stands for, and the chunks that it loads at once. */
function readGraph({ outputs }) {
  const graph = Object.entries(outputs).map(([path, { entryPoint, imports }]) => {
    const needed = imports.filter(({ kind, external }) => kind === 'import-statement' && external !== true);
    return [basename(path), { entryPoint, needed: needed.map((chunk) => basename(chunk.path)) }];
  });
  return new Map(graph);
}

/** The file that a chunk is joined to. */
function homesOf(graph, joined) {
  const homes = new Map();
  const settle = (chunk, home) => {
    if (homes.has(chunk)) return;
    homes.set(chunk, home);
    for (const needed of graph.get(chunk).needed) settle(needed, home);
  };
  for (const [home, sources] of Object.entries(joined)) {
    for (const source of sources) {
      const [chunk] = [...graph].find(([, { entryPoint }]) => entryPoint?.endsWith(source)) ?? [];
      if (chunk === undefined) throw new Error(`${source} is no longer a chunk of the bundle`);
      settle(chunk, `${home}.cjs`);
    }
  }
  return homes;
}

/** One file of one chunk, or with all that several chunks export, each under its own name. */
async function convert(members, isJoined, chunks, options) {
  const contents = members.map((chunk) => `export * as ${nameOf(chunk)} from './${chunk}';`).join('\n');
  const { outputFiles } = await build({
    ...options,
    ...COMMONJS,
    ...(isJoined ? { stdin: { contents } } : { entryPoints: [`./${members[0]}`] }),
    plugins: [inMemory(new Set(members), chunks)],
  });
  return outputFiles[0].text;
}

/** @type {(members: ReadonlySet<string>, chunks: ReadonlyMap<string, string>) => import('esbuild').Plugin} */
function inMemory(members, chunks) {
  return {
    name: NAMESPACE,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\// }, ({ path, kind }) => {
        const chunk = basename(path);
        const isInside = members.has(chunk) && kind !== 'dynamic-import';
        return isInside ? { path: chunk, namespace: NAMESPACE } : { path, external: true };
      });
      onLoad({ filter: /.*/, namespace: NAMESPACE }, ({ path }) => ({ contents: chunks.get(path) }));
    },
  };
}

/** Chunks are asked for where they are now. */
function linked(text, homes) {
  return text
    .replaceAll(DYNAMIC_IMPORT, 'Promise.resolve().then(()=>require("$1"))')
    .replaceAll(REQUIRE, (all, chunk) => {
      const home = homes.get(chunk);
      return home === undefined ? all : `require("./${home}").${nameOf(chunk)}`;
    });
}

function nameOf(chunk) {
  return basename(chunk, '.cjs').replaceAll(/\W/g, '_');
}

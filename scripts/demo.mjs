// npm run demo: builds a multi-stage image in .demo/, changes one source file, and builds again.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, ROOT } from './lib/run.mjs';
import { setup } from './lib/setup.mjs';

const DEMO = join(ROOT, '.demo');
const PROJECT = join(DEMO, 'project');

await setup();
prepareProject();
await makeBaseImage();

say('Build it.');
await tsbuild('build', '-t', 'words', '-o', 'type=image', '-o', 'type=oci,dest=.demo/words.tar', '.demo/project');

say('Build it again: nothing changed, so nothing runs.');
await tsbuild('build', '-t', 'words', '.demo/project');

say('Change one source file.');
changeSource();
await tsbuild('build', '-t', 'words', '.demo/project');

say('The image is in .demo/words.tar (an OCI archive) and in the store .demo/store, the project in .demo/project.');

/** Starts from nothing each time, so that the first build shows every step. */
function prepareProject() {
  rmSync(DEMO, { recursive: true, force: true });
  mkdirSync(DEMO);
  cpSync(join(ROOT, 'scripts/demo/project'), PROJECT, { recursive: true });
}

/** No registry is needed: the base is made with the library, from this machine's shell, tools and their libraries. */
async function makeBaseImage() {
  say("Make the base image `machine` from this machine's own shell, core tools and libraries (scripts/demo/base.ts).");
  const { importTypeScript } = await import('./lib/run-typescript.mjs');
  const { makeBase } = await importTypeScript(join(ROOT, 'scripts/demo/base.ts'));
  await makeBase(join(DEMO, 'store'));
}

function changeSource() {
  const file = join(PROJECT, 'src/main.sh');
  writeFileSync(file, readFileSync(file, 'utf8').replace('words of length', 'words with length'));
  console.log("$ sed -i 's/words of length/words with length/' .demo/project/src/main.sh");
}

async function tsbuild(...args) {
  console.log(`$ TSBUILD_ROOT=.demo/store ./node_modules/.bin/tsbuild ${args.join(' ')}`);
  await mustRun('./node_modules/.bin/tsbuild', args, { env: { TSBUILD_ROOT: '.demo/store' } });
}

function say(text) {
  console.log(`\n# ${text}`);
}

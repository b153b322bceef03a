import { chmod, cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createBuilder } from '@tsbuild/engine';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { BASE_PARTS, type BaseName, saveBase } from '../support/base-images.ts';
import { mustRun } from '../support/command.ts';
import { type Dockerd, dockerClient, startDockerd } from '../support/dockerd.ts';
import { dockerImageFacts, imageFacts } from '../support/image-facts.ts';
import { type NpmRegistry, startNpmRegistry } from '../support/npm-registry.ts';
import { installPackages, packPackages } from '../support/packed-packages.ts';
import { hasPart, testWith } from '../support/parts.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { mustTsbuild } from '../support/tsbuild.ts';
import { waitFor } from '../support/wait-for.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const EXAMPLES = `${CHECKOUT}/examples`;
const ENGINE_PARTS = ['root', 'dockerd', 'docker'];

let folder: TempFolder;
let engine: Dockerd | undefined;
let npm: NpmRegistry;
let store = '';
/** A project of a user, with the packages as they are published. */
let project = '';
/** Folders that hold nothing but a command `docker`: Docker's own, and the installed `tsbuild`. */
let commands: Readonly<Record<'docker' | 'tsbuild', string>>;

beforeAll(async () => {
  folder = await openTempFolder();
  npm = await startNpmRegistry();
  store = folder.file('store');
  project = folder.file('project');
  await Promise.all([mkdir(project), mkdir(folder.file('tarballs'))]);
  const tarballs = await packPackages(folder.file('tarballs'));
  await installPackages(project, tarballs, ['@tsbuild/cli', '@tsbuild/engine', '@types/node']);
  await using builder = await createBuilder({ root: store });
  for (const name of Object.keys(BASE_PARTS) as BaseName[]) {
    if (BASE_PARTS[name].every(hasPart)) await saveBase(builder, name);
  }
  if (ENGINE_PARTS.every(hasPart)) engine = await startDockerd();
  commands = { docker: folder.file('docker'), tsbuild: folder.file('tsbuild') };
  await writeCommands();
}, 300_000);

afterAll(async () => {
  await engine?.[Symbol.asyncDispose]();
  await npm[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

function exampleTest(base: BaseName) {
  return testWith(...ENGINE_PARTS, ...BASE_PARTS[base]);
}

describe('every example is built by the installed command and runs in a Docker Engine', () => {
  exampleTest('node:20')('1-node-server answers, and a changed source file does not repeat npm install', async () => {
    const registry = { NPM_CONFIG_REGISTRY: npm.url };
    await buildAndLoad('1-node-server', '--build-arg', `NPM_CONFIG_REGISTRY=${npm.url}`);

    expect(await askServer('1-node-server', 3000, '/')).toBe('hello from Node\n');
    expect(await askServer('1-node-server', 3000, '/id')).toMatch(/^[\w-]{21}\n$/);

    await cp(`${EXAMPLES}/1-node-server`, folder.file('changed'), { recursive: true });
    await writeFile(folder.file('changed', 'server.js'), 'console.log("changed");\n');
    await using builder = await createBuilder({ root: store });
    const { steps } = await builder.build({ context: folder.file('changed'), buildArgs: registry });
    expect(steps.map(({ name, status }) => `${status} ${name}`)).toEqual([
      'cached WORKDIR /app',
      'cached COPY package*.json ./',
      'cached RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=cache,target=/root/.npm     npm install --omit=dev',
      'ran COPY . .',
    ]);
  });

  exampleTest('python:3')('2-python-app serves as appuser and writes into its own folder', async () => {
    await buildAndLoad('2-python-app');

    expect(await askServer('2-python-app', 8000, '/')).toBe('visit 1, served by appuser (1000)\n');
  });

  exampleTest('python:3')('3-hugging-face-space answers on the port that its front matter names', async () => {
    const frontMatter = await readFile(`${EXAMPLES}/3-hugging-face-space/README.md`, 'utf8');
    const port = Number(/^app_port: (\d+)$/m.exec(frontMatter)?.[1]);
    await buildAndLoad('3-hugging-face-space');

    expect(await askServer('3-hugging-face-space', port, '/count?text=one+two+three')).toBe(
      '{"words": 3, "uid": 1000}',
    );
  });

  exampleTest('gcc:12')(
    '4-two-stage-compile leaves one static binary, and 7-from-typescript builds the same',
    async () => {
      await buildAndLoad('4-two-stage-compile', '--build-arg', 'VERSION=1.4.2');

      expect(await run('4-two-stage-compile')).toBe('hello, world (1.4.2)\n');
      await using builder = await createBuilder({ root: store });
      const image = await builder.image('4-two-stage-compile');
      expect((await image.tree()).list('')).toEqual(['hello']);

      const [id, ...steps] = (await runFromTypeScript()).trimEnd().split('\n');
      expect(id).toBe(image.id);
      expect(steps.map((line) => line.split(' ')[0])).toEqual(['cached', 'cached', 'cached', 'cached']);
    },
  );

  exampleTest('python:3')('5-model-preload has the model in the image', async () => {
    const { stderr } = await buildAndLoad('5-model-preload');

    expect(stderr).toContain('13 words learned');
    expect(await run('5-model-preload')).toBe('the quick brown fox jumps over\n');
  });

  exampleTest('debian:12')('6-dockerfile-in-subfolder is built with -f and its own ignore file', async () => {
    await buildAndLoad('6-dockerfile-in-subfolder', '-f', `${EXAMPLES}/6-dockerfile-in-subfolder/docker/Dockerfile`);

    expect(await run('6-dockerfile-in-subfolder')).toBe('about.html\nindex.html\n<pre>\nWelcome\n</pre>\n');
  });
});

/** Each of the two engines builds and runs, and the images are read whole. */
const TWO_ENGINES_MS = 180_000;

/** What every script builds, and the bases that Docker's engine must have for that. */
const SCRIPTS: readonly (readonly [example: string, base: BaseName, image: string])[] = [
  ['1-node-server', 'node:20', 'node-server'],
  ['2-python-app', 'python:3', 'python-app'],
  ['3-hugging-face-space', 'python:3', 'space'],
  ['4-two-stage-compile', 'gcc:12', 'hello'],
  ['6-dockerfile-in-subfolder', 'debian:12', 'site'],
];

describe('build.sh of an example does the same with tsbuild in the place of docker', () => {
  for (const [example, base, image] of SCRIPTS) {
    const compare = async () => {
      await loadBase(base);

      const printed = await runScript(example, 'tsbuild');

      expect(printed).toBe(await runScript(example, 'docker'));
      await using builder = await createBuilder({ root: store });
      const facts = await imageFacts(await builder.image(image));
      expect(facts).toEqual(await dockerImageFacts(running(), image, builder));
    };
    exampleTest(base)(`${example} prints the same, and makes the same image`, compare, TWO_ENGINES_MS);
  }

  // The frontend of Debian's Docker is older than the heredoc of this Dockerfile.
  exampleTest('python:3')('5-model-preload prints what the model says', async () => {
    expect(await runScript('5-model-preload', 'tsbuild')).toBe(
      'the quick brown fox jumps over\nquick brown fox jumps over the\n',
    );
  });
});

/** Gives a base to Docker's engine, unless it has it already. */
async function loadBase(name: BaseName): Promise<void> {
  if ((await docker('images', '--quiet', name)) !== '') return;
  const archive = folder.file('base.tar');
  await mustTsbuild(store, ['save', '--output', archive, name]);
  await docker('load', '--input', archive);
}

/** Runs the script in a copy of its folder, and returns what it prints on standard output. */
async function runScript(example: string, command: keyof typeof commands): Promise<string> {
  const copy = `${folder.file(`${command}-examples`)}/${example}`;
  await cp(`${EXAMPLES}/${example}`, copy, { recursive: true });
  const env = {
    PATH: `${commands[command]}:${process.env.PATH}`,
    NPM_CONFIG_REGISTRY: npm.url,
    TSBUILD_ROOT: store,
    DOCKER_HOST: engine?.address ?? '',
    DOCKER_BUILDKIT: '1',
  };
  return mustRun([`${copy}/build.sh`], { env });
}

/** The test's engine has no bridge, so its builds are told to use the network of the machine. */
async function writeCommands(): Promise<void> {
  await Promise.all([mkdir(commands.docker), mkdir(commands.tsbuild)]);
  await symlink(`${project}/node_modules/.bin/tsbuild`, `${commands.tsbuild}/docker`);
  const client = dockerClient();
  const script = `#!/bin/sh\n[ "$1" != build ] || { shift; set -- build --network host "$@"; }\nexec ${client} "$@"\n`;
  await writeFile(`${commands.docker}/docker`, script);
  await chmod(`${commands.docker}/docker`, 0o755);
}

/** Builds an example under its own name and loads it into the Docker Engine. */
async function buildAndLoad(name: string, ...args: readonly string[]): Promise<{ readonly stderr: string }> {
  const archive = folder.file(`${name}.tar`);
  const outputs = ['-o', 'type=image', '-o', `type=docker,dest=${archive},compression=uncompressed`];
  const script = `${project}/node_modules/@tsbuild/cli/bin/tsbuild.js`;
  const result = await mustTsbuild(store, ['build', '-t', name, ...outputs, ...args, `${EXAMPLES}/${name}`], {
    script,
  });
  await docker('load', '--input', archive);
  return result;
}

/** Compiles the seventh example in the project and runs it there. */
async function runFromTypeScript(): Promise<string> {
  const [context, program] = ['4-two-stage-compile', '7-from-typescript'];
  for (const name of [context, program]) await cp(`${EXAMPLES}/${name}`, `${project}/${name}`, { recursive: true });
  const compilerOptions = { module: 'nodenext', strict: true, types: ['node'] };
  await writeFile(`${project}/tsconfig.json`, JSON.stringify({ compilerOptions, files: [`${program}/build.ts`] }));
  await mustRun([`${CHECKOUT}/node_modules/.bin/tsc`], { cwd: project });
  return mustRun([process.execPath, `${program}/build.js`], { cwd: project, env: { TSBUILD_ROOT: store } });
}

/** Runs an image to its end. */
function run(image: string): Promise<string> {
  return docker('run', '--rm', '--network', 'none', image);
}

/** Starts an image, asks its server from inside the container until it answers, and removes it. */
async function askServer(image: string, port: number, path: string): Promise<string> {
  const container = (await docker('run', '--detach', '--network', 'none', image)).trim();
  const url = `http://127.0.0.1:${port}${path}`;
  const ask = image.includes('node')
    ? ['node', '-e', `fetch('${url}').then((answer) => answer.text()).then((text) => process.stdout.write(text))`]
    : ['python3', '-c', `import urllib.request as r; print(r.urlopen('${url}').read().decode(), end='')`];
  try {
    return await waitFor(`${image} answers`, () => docker('exec', container, ...ask));
  } finally {
    await docker('rm', '--force', container);
  }
}

function docker(...args: readonly string[]): Promise<string> {
  return running().docker(...args);
}

function running(): Dockerd {
  if (engine === undefined) throw new Error('the Docker Engine was not started');
  return engine;
}

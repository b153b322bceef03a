import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { select } from './definition/select.ts';
import { type LoadOptions, loadBake } from './load.ts';
import { printBake } from './print.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsbuild-bake-'));
});

afterEach(() => rm(folder, { recursive: true }));

async function write(files: Readonly<Record<string, string | object>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
}

async function load(options: LoadOptions & { readonly names?: readonly string[] } = {}) {
  const definition = await loadBake({ cwd: folder, env: {}, ...options });
  const selection = select(definition, options.names ?? []);
  const document = JSON.parse(printBake(definition, selection));
  return { ...selection, groups: document.group, byName: document.target };
}

test('the build section of a service becomes a target', async () => {
  await write({
    'compose.yaml': `
services:
  web.api:
    image: acme/web:1
    build:
      context: ./web
      dockerfile: web.Dockerfile
      target: release
      args: [NODE=20, TOKEN, NONE]
      labels: { team: a, size: 3 }
      cache_from: ["type=local,src=cache", acme/web:cache]
      cache_to: [type=inline]
      additional_contexts: { docs: ../docs, base: docker-image://debian, other: service:db.x }
      secrets: [npm, { source: gh }]
      ssh: [default, deploy=/run/agent]
      ulimits: { nofile: { soft: 10, hard: 20 }, nproc: 5 }
      extra_hosts: ["a:1.2.3.4", "b=[::1]"]
      platforms: [linux/amd64]
      network: none
      shm_size: 64m
      no_cache: true
      pull: true
      provenance: mode=max
      x-bake: { output: "type=oci,dest=web.tar", tags: [acme/web:2] }
  db.x: { build: { dockerfile_inline: "FROM scratch" } }
  cache: { image: redis }
secrets:
  npm: { file: ./npmrc }
  gh: { environment: GH_TOKEN }
`,
  });

  expect(await load({ env: { TOKEN: 't' } })).toEqual({
    targets: ['web_api', 'db_x'],
    order: ['db_x', 'web_api'],
    groups: { default: { targets: ['web_api', 'db_x'] } },
    byName: {
      db_x: { context: '.', dockerfile: 'Dockerfile', 'dockerfile-inline': 'FROM scratch' },
      web_api: {
        args: { NODE: '20', TOKEN: 't' },
        attest: ['type=provenance,mode=max'],
        'cache-from': ['type=local,src=cache', 'acme/web:cache'],
        'cache-to': ['type=inline'],
        context: 'web',
        contexts: { docs: '../docs', base: 'docker-image://debian', other: 'target:db_x' },
        dockerfile: 'web.Dockerfile',
        'extra-hosts': { a: '1.2.3.4', b: '::1' },
        labels: { team: 'a', size: '3' },
        network: 'none',
        'no-cache': true,
        output: ['type=oci,dest=web.tar'],
        platforms: ['linux/amd64'],
        pull: true,
        secret: ['id=npm,src=npmrc', 'id=gh,env=GH_TOKEN'],
        'shm-size': '64m',
        ssh: ['default', 'deploy=/run/agent'],
        tags: ['acme/web:2'],
        target: 'release',
        ulimits: ['nofile=10:20', 'nproc=5'],
      },
    },
  });
});

test('variables are from the environment, then from .env, and have defaults', async () => {
  await write({
    '.env': `A=file\nB="of \${A}"\nC='of \${A}'\nexport D=4\n`,
    'compose.yaml': `
services:
  app:
    build: { context: ".", args: { A: "\${A}", B: $B, C: $C, D: "\${D:-5}", E: "\${E:-\${D}\${F-x}}", G: "\${A:+set}\${G+set}", H: "$$A" } }
`,
  });

  const { byName } = await load({ env: { A: 'env' } });

  expect(byName.app.args).toEqual({ A: 'env', B: 'of env', C: 'of ${A}', D: '4', E: '4x', G: 'set', H: '$A' });
});

test('later files are laid over earlier ones', async () => {
  await write({
    'compose.yaml': 'services: { app: { build: { context: one, args: { A: 1, B: 1 }, tags: [a] } } }',
    'docker-compose.yml': 'services: { app: { build: { context: two, args: [B=2], tags: [b] } } }',
    'docker-bake.json': { target: { app: { tags: ['c'], dockerfile: 'D' } } },
  });

  expect((await load()).byName).toEqual({
    app: { args: { A: '1', B: '2' }, context: 'two', dockerfile: 'D', tags: ['c'] },
  });
});

test('a service takes over what it extends, from another file too, and paths stay relative to their file', async () => {
  await write({
    'sub/base.yaml': `
services:
  base: { build: { context: ../src, args: { A: 1 }, secrets: [s] }, env_file: base.env }
secrets: { s: { file: key } }
`,
    'sub/base.env': 'B=from-file\n',
    'compose.yaml': `
services:
  middle: { extends: { service: base, file: sub/base.yaml }, build: { args: [B] } }
  app: { extends: middle, build: { args: { A: 2 } } }
`,
  });

  expect((await load({ names: ['app'] })).byName.app).toEqual({
    args: { A: '2', B: 'from-file' },
    context: 'src',
    dockerfile: 'Dockerfile',
    secret: ['id=s,src=sub/key'],
  });
});

test('services with profiles are built when one of theirs is on, or when they are named', async () => {
  await write({
    'compose.yaml':
      'services: { a: { build: . }, b: { build: ., profiles: [dev] }, c: { build: ., profiles: [test] } }',
  });

  expect((await load()).targets).toEqual(['a']);
  expect((await load({ names: ['b'] })).targets).toEqual(['b']);
  expect((await load({ profiles: ['dev'] })).targets).toEqual(['a', 'b']);
  expect((await load({ env: { COMPOSE_PROFILES: '*' } })).targets).toEqual(['a', 'b', 'c']);
});

test('bake files have groups, inheritance, variables and matrices', async () => {
  await write({
    'docker-bake.json': {
      variable: { TAG: { default: '1' }, NAME: { default: 'app:${TAG}' } },
      group: { default: { targets: ['all', 'docs'] }, all: { targets: ['app'] } },
      target: {
        _common: { args: { A: '1', B: '1' }, pull: true, platforms: ['linux/amd64'] },
        docs: { inherits: ['_common'], args: { B: null }, 'no-cache': false },
        app: {
          inherits: ['_common'],
          name: 'app-${v.n}-${os}',
          matrix: { v: [{ n: '1.2' }, { n: 3 }], os: ['a'] },
          args: { V: '${v.n}', D: '$${x}' },
          tags: ['${NAME}-${v.n}'],
          'cache-from': [{ type: 'registry', ref: 'a,b' }],
        },
      },
    },
  });
  const common = { context: '.', dockerfile: 'Dockerfile', platforms: ['linux/amd64'], pull: true };
  const app = { ...common, 'cache-from': ['type=registry,"ref=a,b"'] };

  expect(await load({ env: { TAG: '7' } })).toEqual({
    targets: ['app-1-2-a', 'app-3-a', 'docs'],
    order: ['app-1-2-a', 'app-3-a', 'docs'],
    groups: { default: { targets: ['app-1-2-a', 'app-3-a', 'docs'] } },
    byName: {
      'app-1-2-a': { ...app, args: { A: '1', B: '1', V: '1.2', D: '${x}' }, tags: ['app:7-1.2'] },
      'app-3-a': { ...app, args: { A: '1', B: '1', V: '3', D: '${x}' }, tags: ['app:7-3'] },
      docs: { ...common, args: { A: '1', B: null }, 'no-cache': false },
    },
  });
});

test('--set overrides attributes of the targets that match', async () => {
  await write({ 'docker-bake.json': { target: { 'a-1': { tags: ['x'], args: { A: '1' } }, 'a-2': {}, b: {} } } });
  const set = ['a-*.tags=y', 'a-1.tags=z', 'a-2.tags+=w', '*.args.B=2', 'b.args.C', 'b.platform=', 'b.no-cache=true'];

  const { byName } = await load({ names: ['a-1', 'a-2', 'b'], set, env: { C: 'env' } });

  expect(byName['a-1']).toMatchObject({ tags: ['y', 'z'], args: { A: '1', B: '2' } });
  expect(byName['a-2']).toMatchObject({ tags: ['y', 'w'], args: { B: '2' } });
  expect(byName.b).toEqual({ context: '.', dockerfile: 'Dockerfile', args: { B: '2', C: 'env' }, 'no-cache': true });
});

test.each<[string, Record<string, string | object>, LoadOptions & { names?: string[] }, string | RegExp]>([
  ['no file', {}, {}, 'there is no Compose or bake file here'],
  ['a named file that is missing', {}, { files: ['x.yaml'] }, 'x.yaml: the file does not exist'],
  ['HCL', { 'docker-bake.hcl': '' }, {}, 'docker-bake.hcl: bake files in HCL are not supported'],
  ['bad YAML', { 'compose.yaml': 'services:\n  a: [\n' }, {}, /^compose.yaml:\d+: /],
  ['bad JSON', { 'docker-bake.json': '{' }, {}, /^docker-bake.json: no valid JSON/],
  [
    'a list for a map',
    { 'compose.yaml': 'services: [a]' },
    {},
    'compose.yaml: services: expected a mapping, got a list',
  ],
  [
    'an unknown build key',
    { 'compose.yaml': 'services: { a: { build: { contxt: . } } }' },
    {},
    'services.a.build: "contxt" is not supported',
  ],
  [
    'an unknown attribute',
    { 'docker-bake.json': { target: { a: { tag: [] } } } },
    {},
    'target.a: unknown attribute "tag"',
  ],
  [
    'a required variable',
    { 'compose.yaml': 'services: { a: { build: "${A:?say where}" } }' },
    {},
    'compose.yaml: services.a.build: required variable A is not set: say where',
  ],
  [
    'an open brace',
    { 'compose.yaml': 'services: { a: { build: "${A" } }' },
    {},
    'services.a.build: invalid interpolation in "${A"',
  ],
  [
    'a missing secret',
    { 'compose.yaml': 'services: { a: { build: { secrets: [s] } } }' },
    {},
    'there is no secret "s" in this file',
  ],
  [
    'an external secret',
    { 'compose.yaml': 'secrets: { s: { external: true } }' },
    {},
    'secrets.s: a build takes secrets from a file or from the environment',
  ],
  [
    'services in a circle',
    { 'compose.yaml': 'services: { a: { extends: b }, b: { extends: a } }' },
    {},
    'the service extends itself',
  ],
  ['an unknown variable', { 'docker-bake.json': { target: { a: { tags: ['${X}'] } } } }, {}, 'X: no such variable'],
  [
    'a function call',
    { 'docker-bake.json': { target: { a: { tags: ['${upper("x")}'] } } } },
    {},
    'target.a.tags[0]: unsupported expression "upper(\\"x\\")"',
  ],
  [
    'variables in a circle',
    {
      'docker-bake.json': {
        variable: { A: { default: '${B}' }, B: { default: '${A}' } },
        target: { a: { tags: ['${A}'] } },
      },
    },
    {},
    'variable.A: refers to itself',
  ],
  [
    'heirs in a circle',
    { 'docker-bake.json': { target: { a: { inherits: ['b'] }, b: { inherits: ['a'] } } } },
    {},
    'target a inherits from itself: a → b → a',
  ],
  [
    'an unknown parent',
    { 'docker-bake.json': { target: { a: { inherits: ['x'] } } } },
    {},
    'target a inherits from "x", which does not exist',
  ],
  [
    'groups in a circle',
    { 'docker-bake.json': { group: { default: { targets: ['g'] }, g: { targets: ['default'] } } } },
    {},
    'group default contains itself',
  ],
  [
    'contexts in a circle',
    {
      'docker-bake.json': {
        target: { default: { contexts: { x: 'target:b' } }, b: { contexts: { x: 'target:default' } } },
      },
    },
    {},
    'targets need each other: default → b → default',
  ],
  [
    'a huge matrix',
    {
      'docker-bake.json': {
        target: { a: { name: '${x}', matrix: { x: Array(40).fill('1'), y: Array(40).fill('1') } } },
      },
    },
    {},
    'more than 1000 combinations',
  ],
  [
    'no default',
    { 'docker-bake.json': { target: { a: {} } } },
    {},
    'no target was named, and there is no group or target "default"',
  ],
  ['an unknown target', { 'docker-bake.json': { target: { a: {} } } }, { names: ['b'] }, 'no target "b"'],
  [
    '--set of nothing',
    { 'docker-bake.json': { target: { default: {} } } },
    { set: ['x.tags=a'] },
    '--set x.tags=a: no target matches',
  ],
  [
    '--set without member',
    { 'docker-bake.json': { target: { default: {} } } },
    { set: ['*.args=a'] },
    'malformed --set *.args=a',
  ],
])('refused with a reason: %s', async (_, files, options, message) => {
  await write(files);

  await expect(load(options)).rejects.toThrow(message);
});

test('aliases that multiply end at a limit', async () => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
  for (let n = 1; n < 9; n++)
    lines.push(
      `a${n}: &a${n} [${Array(10)
        .fill(`*a${n - 1}`)
        .join(', ')}]`,
    );
  await write({ 'compose.yaml': lines.join('\n') });

  await expect(load()).rejects.toThrow('compose.yaml: Excessive alias count');
});

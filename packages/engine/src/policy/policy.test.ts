import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { digestOf, formatPlatform, hostPlatform } from '@tsbuild/core';
import { startRegistry } from '@tsbuild/registry/server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBuilder } from '../builder.ts';
import type { Builder } from '../builder-types.ts';
import type { BuildOptions } from '../options.ts';
import type { PolicySource, PolicyVerdict } from './policy-types.ts';

type Registry = Awaited<ReturnType<typeof startRegistry>>;

let folder: string;
let builder: Builder;
let registry: Registry;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tsbuild-policy-'));
  builder = await createBuilder({ root: join(folder, 'store') });
  registry = await startRegistry();
});

afterEach(async () => {
  await registry[Symbol.asyncDispose]();
  await builder[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test('every kind of source is asked for, under the name that BuildKit gives it', async () => {
  const asked: PolicySource[] = [];
  const base = await pushBase('base');
  await using server = await serve({ '/file': 'text' });
  const repository = await gitRepository();
  await build({
    dockerfile: `# syntax=docker/dockerfile:1
FROM ${base} AS first
ADD ${server.url}/file /file
FROM first
COPY --from=${base} a /copied
COPY --from=more x /x
`,
    buildContexts: { more: { files: { x: 'x' } }, checkout: repository },
    policy: (source) => {
      asked.push(source);
      return { allow: true };
    },
  });
  const image = { kind: 'image', name: base, identifier: `docker-image://${base}`, platform: PLATFORM, attributes: {} };

  expect(asked).toEqual([
    { kind: 'local', identifier: 'local://context', name: 'context', attributes: {} },
    { kind: 'local', identifier: 'local://more', name: 'more', attributes: {} },
    { kind: 'local', identifier: 'local://checkout', name: 'checkout', attributes: {} },
    {
      kind: 'frontend',
      identifier: 'docker-image://docker.io/docker/dockerfile:1',
      name: 'docker/dockerfile:1',
      attributes: {},
    },
    image,
    { kind: 'http', identifier: `${server.url}/file`, name: `${server.url}/file`, attributes: {} },
    image,
  ]);
});

test('git repositories are asked for by host and path, without who clones them', async () => {
  const asked: string[] = [];
  const deny = (source: PolicySource): PolicyVerdict => {
    if (source.kind !== 'git') return { allow: true };
    asked.push(source.identifier);
    return { deny: true };
  };
  for (const url of [
    'https://user:token@git.example/team/app.git#v1:sub',
    'git@git.example:team/app.git',
    'ssh://git@git.example/a.git',
  ])
    await expect(build({ dockerfile: `FROM scratch\nADD ${url} /\n`, policy: deny })).rejects.toThrow('is denied');

  expect(asked).toEqual([
    'git://git.example/team/app.git#v1:sub',
    'git://git.example/team/app.git',
    'git://git.example/a.git',
  ]);
});

test.each([
  ['docker-image://docker.io/docker/dockerfile:1', 'frontend "docker/dockerfile:1"', 1],
  ['docker-image://docker.io/library/base:latest', 'image "base"', 2],
  ['docker-image://docker.io/library/other:2', 'image "other:2"', 3],
  ['https://files.example/x', 'download "https://files.example/x"', 4],
])('what is denied is named with its line and reason: %s', async (identifier, name, line) => {
  const dockerfile =
    '# syntax=docker/dockerfile:1\nFROM base\nCOPY --from=other:2 / /\nADD https://files.example/x /\n';
  for (const tag of ['base', 'other:2'])
    await builder.build({ context: { files: { a: '' } }, dockerfile: 'FROM scratch\nCOPY a /\n', tags: [tag] });
  const policy = (source: PolicySource): PolicyVerdict =>
    source.identifier === identifier ? { deny: true, reason: 'not from there' } : { allow: true };

  await expect(build({ dockerfile, policy })).rejects.toMatchObject({
    code: 'ERR_TSBUILD_SOURCE_DENIED',
    message: `${name} is denied by the policy: not from there`,
    range: { start: { line } },
  });
});

test('a build context may be denied', async () => {
  const policy = ({ kind }: PolicySource): PolicyVerdict => (kind === 'local' ? { deny: true } : { allow: true });

  await expect(build({ dockerfile: 'FROM scratch\n', policy })).rejects.toThrow(
    'local source "context" is denied by the policy: no reason is given',
  );
});

test('an image that is pinned is the pinned one, whatever its tag is by now', async () => {
  const tag = await pushBase('old');
  const old = await builder.build({ context: { files: {} }, dockerfile: `FROM ${tag}\n`, pull: true });
  const digest = await digestOfTag(tag);
  await pushBase('new');
  const pinned = await build({ dockerfile: `FROM ${tag}\n`, policy: () => ({ pin: digest }), pull: true }, ['image']);
  const plain = await build({ dockerfile: `FROM ${tag}\n`, pull: true });

  expect(pinned.image.config.rootfs.diff_ids).toEqual(old.image.config.rootfs.diff_ids);
  expect(plain.image.config.rootfs.diff_ids).not.toEqual(old.image.config.rootfs.diff_ids);
});

test('an image of the store may be pinned to what it is', async () => {
  const { outputs, image } = await builder.build({
    context: { files: { a: 'kept' } },
    dockerfile: 'FROM scratch\nCOPY a /\n',
    tags: ['kept:1'],
  });
  const pin = outputs[0]?.descriptor?.digest ?? '';
  const built = await build({ dockerfile: 'FROM kept:1\n', policy: () => ({ pin }) }, ['image']);

  expect(built.image.config.rootfs.diff_ids).toEqual(image.config.rootfs.diff_ids);
});

test('an image may be replaced by another', async () => {
  const tag = await pushBase('mirrored');
  const policy = () => ({ replace: `docker-image://${tag}` }) as const;
  const { image } = await build({ dockerfile: 'FROM alpine:3.22\n', policy }, ['image']);

  expect(String(await (await image.tree()).read('a'))).toBe('mirrored');
});

test('a download must have the content that it is pinned to', async () => {
  await using server = await serve({ '/file': 'text' });
  const dockerfile = `FROM scratch\nADD ${server.url}/file /file\n`;
  const { image } = await build({ dockerfile, policy: () => ({ pin: digestOf('text') }) }, ['http']);

  expect(String(await (await image.tree()).read('file'))).toBe('text');
  await expect(build({ dockerfile, policy: () => ({ pin: digestOf('other') }) }, ['http'])).rejects.toMatchObject({
    code: 'ERR_TSBUILD_DIGEST_MISMATCH',
  });
  const checked = dockerfile.replace('ADD', `ADD --checksum=${digestOf('text')}`);
  await expect(build({ dockerfile: checked, policy: () => ({ pin: digestOf('other') }) }, ['http'])).rejects.toThrow(
    `it is pinned to ${digestOf('other')}, and its checksum says ${digestOf('text')}`,
  );
});

test('where a server redirects a download to is asked for before it is followed', async () => {
  await using target = await serve({ '/to': 'text' });
  await using server = await serve({ '/file': new URL(`${target.url}/to`) });
  const dockerfile = `FROM scratch\nADD ${server.url}/file /file\n`;
  const asked: string[] = [];
  const verdictOfTarget = (verdict: PolicyVerdict) => ({
    dockerfile,
    policy: ({ kind, identifier }: PolicySource): PolicyVerdict => {
      if (kind === 'http') asked.push(identifier);
      return identifier === `${target.url}/to` ? verdict : { allow: true };
    },
  });

  await expect(build(verdictOfTarget({ deny: true, reason: 'not from there' }))).rejects.toMatchObject({
    code: 'ERR_TSBUILD_SOURCE_DENIED',
    message: `download "${target.url}/to" is denied by the policy: not from there`,
    range: { start: { line: 2 } },
  });
  expect(asked).toEqual([`${server.url}/file`, `${target.url}/to`]);
  expect(target.requests).toEqual([]);
  await expect(build(verdictOfTarget({ replace: 'https://files.example/x' }))).rejects.toThrow(
    'a server redirects to it, so it cannot be replaced',
  );
  await expect(build(verdictOfTarget({ pin: digestOf('other') }))).rejects.toMatchObject({
    code: 'ERR_TSBUILD_DIGEST_MISMATCH',
  });
  await build(verdictOfTarget({ pin: digestOf('text') }));
});

test.each([
  ['image', { pin: 'latest' }, 'it would be pinned to "latest", expected sha256: and 64 hex digits'],
  ['image', { replace: 'https://files.example/x' }, 'which is a source of another kind'],
  ['local', { pin: digestOf('') }, 'only images and URLs can'],
] satisfies [PolicySource['kind'], PolicyVerdict, string][])(
  'of a source of kind %s, %j cannot be',
  async (kind, verdict, problem) => {
    await expect(build({ dockerfile: 'FROM base\n', policy: () => verdict }, [kind])).rejects.toThrow(problem);
  },
);

test("a file of BuildKit's rules is a policy", async () => {
  const file = join(folder, 'policy.json');
  await writeFile(file, '{"rules":[{"action":"DENY","selector":{"identifier":"docker-image://docker.io/library/*"}}]}');

  await expect(build({ dockerfile: 'FROM alpine\n', policy: { files: [file] } })).rejects.toThrow(
    `image "alpine" is denied by the policy: rule 1 of ${file}`,
  );
  const missing = join(folder, 'missing.json');
  await expect(build({ dockerfile: 'FROM alpine\n', policy: { files: [missing] } })).rejects.toThrow(
    `policy ${missing} cannot be read: ENOENT`,
  );
});

const PLATFORM = formatPlatform(hostPlatform());

/** `only`: what the policy is asked of; the rest is allowed. */
function build(options: Partial<BuildOptions>, only?: readonly PolicySource['kind'][]) {
  const { policy } = options;
  const limited =
    only !== undefined && typeof policy === 'function'
      ? { policy: (source: PolicySource) => (only.includes(source.kind) ? policy(source) : { allow: true as const }) }
      : {};
  return builder.build({ context: { files: { a: 'a' } }, ...options, ...limited });
}

async function pushBase(content: string): Promise<string> {
  const tag = `${registry.host}/team/base:1`;
  const outputs = [{ type: 'registry' }] as const;
  await builder.build({
    context: { files: { a: content } },
    dockerfile: 'FROM scratch\nCOPY a /\n',
    tags: [tag],
    outputs,
  });
  return tag;
}

async function digestOfTag(tag: string): Promise<string> {
  const [name = '', version] = tag.split(/:(?=\d+$)/);
  const path = name.slice(name.indexOf('/') + 1);
  const accept = 'application/vnd.oci.image.manifest.v1+json';
  const answer = await fetch(`http://${registry.host}/v2/${path}/manifests/${version}`, { headers: { accept } });
  return answer.headers.get('docker-content-digest') ?? '';
}

async function gitRepository(): Promise<string> {
  const path = join(folder, 'repository');
  await mkdir(path);
  await promisify(execFile)('git', ['-C', path, 'init', '--quiet']);
  return path;
}

/** Answers with a text, or sends on to a URL. */
async function serve(files: Readonly<Record<string, string | URL>>) {
  const requests: string[] = [];
  const server: Server = createServer(({ url = '' }, response) => {
    requests.push(url);
    const file = files[url];
    if (file instanceof URL) response.writeHead(302, { location: file.href }).end();
    else response.end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

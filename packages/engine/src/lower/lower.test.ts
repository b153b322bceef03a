import { digestOf, type ImageConfig, parsePlatform, parseReference, TsbuildError } from '@tsbuild/core';
import { parseDockerfile } from '@tsbuild/dockerfile';
import { expect, test } from 'vitest';
import type { LoweredImage, ResolvedImage } from '../graph.ts';
import { lower } from './lower.ts';
import type { LowerOptions } from './lower-options.ts';

const LINUX = parsePlatform('linux/amd64');
const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const OPTIONS: LowerOptions = {
  target: undefined,
  platforms: { build: LINUX, target: LINUX },
  isPlatformExplicit: false,
  showsPlatform: false,
  buildArgs: {},
  labels: {},
  extraHosts: {},
  allowed: new Set(),
  network: 'default',
  buildContext: { keepsOwners: false, open: () => Promise.reject(new Error('nothing is read while lowering')) },
  contextName: '',
  namedContexts: new Map(),
  noCache: () => false,
  ttl: () => undefined,
  resolveImage: async (name) => imageNamed(name, { Env: [PATH], Cmd: ['sh'] }),
  resolveLayout: () => Promise.reject(new Error('no test has a layout')),
};

function imageNamed(name: string, config: ImageConfig['config']): ResolvedImage {
  const descriptor = { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest: digestOf(name), size: 1 };
  const rootfs = { type: 'layers', diff_ids: [] } as const;
  return {
    reference: parseReference(name),
    descriptor,
    configDescriptor: descriptor,
    config: { architecture: 'amd64', os: 'linux', rootfs, ...(config === undefined ? {} : { config }) },
    layers: [descriptor],
    origin: undefined,
  };
}

function lowered(text: string, options: Partial<LowerOptions> = {}): Promise<LoweredImage> {
  return lower(parseDockerfile(text), { ...OPTIONS, ...options });
}

const labels = ({ vertices }: LoweredImage) => vertices.map(({ step }) => step.label);
const history = ({ history: items }: LoweredImage) => items.map(({ entry }) => entry.created_by);

test('steps are numbered within their stage, and unused stages are left out', async () => {
  const image = await lowered(
    'FROM busybox AS build\nWORKDIR /src\nCOPY . .\nRUN make\nFROM busybox AS unused\nRUN never\nFROM scratch\nCOPY --from=build /src/app /app\nCMD ["/app"]\n',
  );
  expect(labels(image)).toEqual([
    '[build 1/4] FROM busybox',
    '[build 2/4] WORKDIR /src',
    '[build 3/4] COPY . .',
    '[build 4/4] RUN make',
    '[stage-2 1/1] COPY --from=build /src/app /app',
  ]);
});

test('a stage built on another goes on from its file system, config and arguments', async () => {
  const image = await lowered('FROM busybox AS a\nARG V=1\nENV E=$V\nWORKDIR /w\nFROM a\nRUN echo $E\n');
  expect(history(image)).toEqual(['ARG V=1', 'ENV E=1', 'WORKDIR /w', 'RUN |1 V=1 /bin/sh -c echo $E # buildkit']);
  const run = image.vertices.at(-1);
  expect(run).toMatchObject({ op: 'exec', cwd: '/w', env: { E: '1', V: '1' }, parent: { op: 'workdir' } });
});

test('scratch has a PATH and the root as its directory', async () => {
  const { config, rootfs } = await lowered('FROM scratch\nLABEL a=1\n');
  expect(rootfs).toBeUndefined();
  expect(config).toEqual({
    architecture: 'amd64',
    os: 'linux',
    config: { WorkingDir: '/', Env: [PATH], Labels: { a: '1' } },
  });
});

test('global arguments reach FROM, and a stage only when it declares them', async () => {
  const names: string[] = [];
  const image = await lowered('ARG V=1\nARG NAME=app:$V\nFROM $NAME\nLABEL before=$V\nARG V\nLABEL after=$V\n', {
    resolveImage: async (name) => {
      names.push(name);
      return imageNamed(name, {});
    },
  });
  expect(names).toEqual(['app:1']);
  expect(image.config.config?.Labels).toEqual({ before: '', after: '1' });
});

test('proxy arguments are in the environment of RUN, and in no history', async () => {
  const image = await lowered('FROM busybox\nRUN true\n', { buildArgs: { http_proxy: 'http://p:1' } });
  expect(history(image)).toEqual(['RUN /bin/sh -c true # buildkit']);
  expect(image.vertices.at(-1)).toMatchObject({
    env: { PATH: PATH.slice(5) },
    proxyEnv: { HTTP_PROXY: 'http://p:1', http_proxy: 'http://p:1' },
  });
});

test('triggers of the base run first and are not inherited', async () => {
  const image = await lowered('FROM busybox AS base\nONBUILD RUN first\nFROM base\nRUN second\n');
  expect(labels(image)).toEqual([
    '[base 1/1] FROM busybox',
    '[stage-1 1/2] ONBUILD RUN first',
    '[stage-1 2/2] RUN second',
  ]);
  expect(image.config.config?.OnBuild).toBeUndefined();
});

test('sources next to each other are one action, heredocs follow, all in one vertex', async () => {
  const image = await lowered('FROM scratch\nARG N=b\nCOPY a $N <<EOF dir/\nhello\nEOF\n');
  expect(image.vertices).toMatchObject([
    {
      op: 'file',
      target: '/dir/',
      actions: [
        { kind: 'copy', paths: ['a', 'b'] },
        { kind: 'inline', name: 'EOF', content: 'hello\n' },
      ],
    },
  ]);
  expect(history(image)).toEqual(['ARG N=b', 'COPY a b <<EOF dir/ # buildkit']);
});

test.each([
  [
    'FROM scratch\nCOPY --from=later /x /x\nFROM scratch AS later\nFROM scratch\nCOPY --from=0 /x /\n',
    2,
    'cannot copy from stage "later"',
  ],
  [
    'FROM scratch AS a\nCOPY --from=b /x /x\nFROM scratch AS b\nCOPY --from=a /x /x\n',
    4,
    'circular dependency detected on stage: a',
  ],
  ['FROM scratch\nCOPY --from=7 /x /x\n', 2, 'invalid stage index 7'],
  ['ARG B\nFROM $B\n', 2, 'base name ($B) should not be blank'],
  ['FROM scratch\nVOLUME $NOTHING\n', 2, 'VOLUME specified can not be an empty string'],
])('%j fails on line %i', async (text, line, message) => {
  await expect(lowered(text)).rejects.toMatchObject({
    message: expect.stringContaining(message),
    range: { start: { line } },
    source: { name: 'Dockerfile' },
  });
});

test('what is set again keeps its place, and an EXPOSE of nothing takes nothing away', async () => {
  const { config } = await lowered(
    'FROM scratch\nENV A=1 B=2\nLABEL a=1\nLABEL b=2 a=3\nEXPOSE 80\nEXPOSE $NONE\nENV A=3 C=$A\nONBUILD RUN x\n',
  );
  expect(config.config).toEqual({
    WorkingDir: '/',
    Env: [PATH, 'A=3', 'B=2', 'C=1'],
    Labels: { a: '3', b: '2' },
    ExposedPorts: { '80/tcp': {} },
    OnBuild: ['RUN x'],
  });
});

test('a line costs what it adds, not what is there already', { timeout: 20_000 }, async () => {
  const kinds = ['ENV', 'LABEL', 'ARG', 'VOLUME', 'ONBUILD USER'];
  const lines = kinds.flatMap((kind) => Array.from({ length: 10_000 }, (_, index) => `${kind} k${index}=v`));
  const image = await lowered(`FROM scratch\n${lines.join('\n')}\n`);
  const { Env = [], Labels = {}, Volumes = {}, OnBuild = [] } = image.config.config ?? {};
  const counts = [Env, Object.keys(Labels), Object.keys(Volumes), OnBuild].map(({ length }) => length);
  expect([...counts, image.history.length]).toEqual([10_001, 10_000, 10_000, 10_000, 40_000]);
});

test('an unknown target names the nearest stage', async () => {
  await expect(lowered('FROM scratch AS runtime\n', { target: 'runtme' })).rejects.toMatchObject({
    code: 'ERR_TSBUILD_UNKNOWN_STAGE',
    message: 'target stage "runtme" could not be found',
    hint: 'did you mean runtime?',
  });
});

test.each([
  ['FROM bilder\n', 3],
  ['FROM scratch\nCOPY --from=bilder /a /\n', 4],
  ['FROM scratch\nRUN --mount=from=bilder,target=/b true\n', 4],
])('a misspelt stage is no mystery of a registry: %j', async (rest, line) => {
  const resolveImage = () => Promise.reject(new TsbuildError('ERR_TSBUILD_IMAGE_NOT_FOUND', 'image not found'));
  const failed = lowered(`FROM scratch AS builder\nCOPY a /\n${rest}`, { resolveImage });
  await expect(failed).rejects.toMatchObject({
    message: 'no stage is named "bilder", and as an image: image not found',
    hint: 'did you mean builder?',
    range: { start: { line } },
  });
});

test('every entitlement that a RUN asks for must be given', async () => {
  const text = 'FROM busybox\nRUN --network=host --security=insecure true\n';
  await expect(lowered(text, { allowed: new Set(['network.host']) })).rejects.toMatchObject({
    code: 'ERR_TSBUILD_NOT_ALLOWED',
    message: 'security.insecure is not allowed',
  });
  await expect(lowered(text, { allowed: new Set(['security.insecure']) })).rejects.toMatchObject({
    message: 'network.host is not allowed',
  });
  await lowered(text, { allowed: new Set(['network.host', 'security.insecure']) });
});

test('stages that need each other endlessly deep are refused', async () => {
  const stages = Array.from({ length: 5_000 }, (_, at) => `FROM s${at} AS s${at + 1}\n`);
  await expect(lowered(`FROM scratch AS s0\n${stages.join('')}`)).rejects.toMatchObject({
    message: 'stages need each other more than 500 levels deep',
  });
});

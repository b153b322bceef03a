import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expandWord } from '../expand/expand.ts';
import { parseDockerfile } from '../parse/dockerfile.ts';
import { composeDockerfile, stage } from './compose.ts';

test('a stage is the text that it stands for', () => {
  const image = stage('app')
    .from('node:22', { platform: 'linux/amd64' })
    .arg('VERSION', '1')
    .env({ PATH: '/app/bin:$PATH', NOTE: 'say "hi" to C:\\dir' })
    .label({ 'org.example.team': 'a b' })
    .workdir('/my app')
    .copy(['package.json', 'lock'], './', { chown: 'node:node', chmod: 0o644, link: true, exclude: ['*.md'] })
    .copy('a b', '/x')
    .add('https://example.com/a.tar', '/a', { checksum: 'sha256:00', unpack: false })
    .run('npm ci')
    .run(['/bin/true', '$x'])
    .run('set -e\necho one', { network: 'none' })
    .run('cat <<EOF')
    .run('x', {
      mounts: [
        { type: 'cache', target: '/root/.npm', id: 'npm', sharing: 'locked' },
        { type: 'secret', id: 'token', mode: 0o400, required: true },
        { type: 'bind', target: '/a,b', source: 'src' },
      ],
    })
    .user('node')
    .expose(80, '53/udp')
    .volume('/data')
    .stopSignal('SIGTERM')
    .shell(['/bin/bash', '-c'])
    .healthcheck('curl localhost', { interval: '30s', retries: 3 })
    .entrypoint(['node'])
    .cmd('server.js')
    .instruction('ONBUILD RUN true');

  expect(image.toString()).toBe(`FROM --platform=linux/amd64 node:22 AS app
ARG VERSION="1"
ENV PATH="/app/bin:$PATH" NOTE="say \\"hi\\" to C:\\\\dir"
LABEL org.example.team="a b"
WORKDIR "/my app"
COPY --chown=node:node --chmod=0644 --link --exclude=*.md package.json lock ./
COPY ["a b", "/x"]
ADD --checksum=sha256:00 --unpack=false https://example.com/a.tar /a
RUN npm ci
RUN ["/bin/true", "$x"]
RUN --network=none <<'EOF'
set -e
echo one
EOF
RUN <<'EOF'
cat <<EOF
EOF
RUN --mount=type=cache,target=/root/.npm,id=npm,sharing=locked --mount=type=secret,id=token,mode=0400,required=true --mount=type=bind,"target=/a,b",source=src x
USER node
EXPOSE 80 53/udp
VOLUME ["/data"]
STOPSIGNAL SIGTERM
SHELL ["/bin/bash", "-c"]
HEALTHCHECK --interval=30s --retries=3 CMD curl localhost
ENTRYPOINT ["node"]
CMD server.js
ONBUILD RUN true
`);
  expect(() => parseDockerfile(image.toString())).not.toThrow();
});

test('stages that are used come first, each once', () => {
  const base = stage('base').from('debian');
  const deps = stage('deps').from(base).run('make');
  const tools = stage('tools').from(base);
  const app = stage()
    .from(base)
    .copy('/out', '/', { from: deps })
    .run('x', {
      mounts: [{ type: 'bind', target: '/t', from: tools }],
    });

  expect(String(app)).toBe(`FROM debian AS base

FROM base AS deps
RUN make

FROM base AS tools

FROM base
COPY --from=deps /out /
RUN --mount=type=bind,target=/t,from=tools x
`);
});

test('stages stand before, between and after text', () => {
  const deps = stage('deps').from('debian').run('make');
  const last = stage().from('middle').copy('/x', '/', { from: deps });

  expect(
    composeDockerfile('# syntax=docker/dockerfile:1', deps, 'FROM deps AS middle', last),
  ).toBe(`# syntax=docker/dockerfile:1

FROM debian AS deps
RUN make

FROM deps AS middle

FROM middle
COPY --from=deps /x /
`);
});

test('a method changes nothing', () => {
  const base = stage('base').from('debian');
  base.run('make');

  expect(String(base)).toBe('FROM debian AS base\n');
});

describe('what no Dockerfile can say is refused', () => {
  test.each<[string, () => unknown, string]>([
    ['a line break in ENV', () => stage().from('a').env({ A: 'x\ny' }), 'ENV cannot hold a line break: "x\\ny"'],
    ['a line break in a path', () => stage().from('a').copy('x\n', '/'), 'a path cannot hold a line break'],
    [
      'a blank in a flag',
      () => stage().from('a').copy('x', '/', { chown: 'a b' }),
      '--chown cannot hold a blank: "a b"',
    ],
    [
      'an unnamed source',
      () =>
        stage()
          .from('a')
          .copy('x', '/', { from: stage().from('b') }),
      'a stage that others use needs a name',
    ],
    ['no base', () => stage().from(''), 'no name of a stage or image: ""'],
    [
      'two stages of one name',
      () => {
        const one = stage('x').from('a');
        return String(stage().from(one.run('y')).copy('/a', '/', { from: one }));
      },
      'two different stages are called "x"',
    ],
  ])('%s', (_, compose, message) => {
    expect(compose).toThrow(message);
  });
});

test('every value arrives as it is, and only variables are expanded', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme' }).filter((text) => !/[\r\n\0$]/.test(text)),
      (value) => {
        const [only] = parseDockerfile(String(stage().from('scratch').env({ A: value }))).stages;
        const [env] = only?.instructions ?? [];
        if (env?.kind !== 'ENV') throw new Error('the stage has one ENV');
        const [pair] = env.pairs;
        expect(expandWord(pair?.value ?? '', new Map())).toBe(value);
      },
    ),
  );
});

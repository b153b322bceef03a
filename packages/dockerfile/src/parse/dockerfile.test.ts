import { expect, test } from 'vitest';
import type { StageInstruction } from '../instructions.ts';
import { parseDockerfile } from './dockerfile.ts';

/** The instructions of a stage that begins with line 1, without what all have. */
function instructions(...lines: string[]): object[] {
  const { stages } = parseDockerfile(['FROM scratch', ...lines].join('\n'));
  return (stages[0]?.instructions ?? []).map(essence);
}

function essence({ range, original, keyword, comments, ...rest }: StageInstruction): object {
  return rest;
}

test('stages are numbered and named in lower case', () => {
  const { stages, globalArgs } = parseDockerfile('ARG V=1\nFROM node:$V AS Build\nRUN a\nfrom build\ncmd b\n');

  expect(globalArgs.map(({ args }) => args)).toEqual([[{ name: 'V', defaultValue: '1' }]]);
  expect(stages.map(({ index, name, nameAsWritten, from }) => [index, name, nameAsWritten, from.image])).toEqual([
    [0, 'build', 'Build', 'node:$V'],
    [1, undefined, undefined, 'build'],
  ]);
  expect(stages.map(({ range }) => [range.start.line, range.end.line])).toEqual([
    [2, 3],
    [4, 5],
  ]);
});

test('an instruction knows its place, its keyword and itself on one line', () => {
  const [stage] = parseDockerfile('FROM scratch\n  run a \\\n# no\n    b  \nCMD c').stages;

  expect(stage?.instructions[0]).toMatchObject({
    keyword: 'run',
    original: 'run a     b',
    range: { start: { line: 2, column: 2 }, end: { line: 4, column: 7 } },
  });
});

test('a continuation skips blank and comment lines, and swallows the instruction after a blank line', () => {
  expect(instructions('LABEL a=1 \\', '', '  # c', '  b=2', 'USER u \\', '', 'USER v')).toEqual([
    {
      kind: 'LABEL',
      pairs: [
        { key: 'a', value: '1', legacy: false },
        { key: 'b', value: '2', legacy: false },
      ],
    },
    { kind: 'USER', user: 'u USER v' },
  ]);
});

test('blanks may follow the character that continues a line, and a doubled one does not continue it', () => {
  expect(
    instructions('RUN a \\ \t', '  b', 'RUN c \\\\', 'USER u').map((found) => Object.values(found).slice(0, 2)),
  ).toEqual([
    ['RUN', { form: 'shell', text: 'a   b' }],
    ['RUN', { form: 'shell', text: 'c \\\\' }],
    ['USER', 'u'],
  ]);
});

test('CRLF, a byte order mark and a missing line end change nothing', () => {
  const { stages } = parseDockerfile('\ufeff# escape=`\r\nFROM scratch\r\nENV A=1 `\r\n  B=2\r\nCMD ["a"]');

  expect(stages[0]?.instructions.map(essence)).toEqual([
    {
      kind: 'ENV',
      pairs: [
        { key: 'A', value: '1', legacy: false },
        { key: 'B', value: '2', legacy: false },
      ],
    },
    { kind: 'CMD', command: { form: 'exec', args: ['a'] } },
  ]);
});

test.each([
  ['#   EsCaPe	= `\nFROM scratch\n', { escape: '`' }],
  ['# syntax=docker/dockerfile:1 x\n# escape=`\nFROM scratch\n', { escape: '`', syntax: 'docker/dockerfile:1' }],
  ['\n# escape=`\nFROM scratch\n', { escape: '\\' }],
  ['# a comment\n# escape=`\nFROM scratch\n', { escape: '\\' }],
  ['# colour=blue\n# escape=`\nFROM scratch\n', { escape: '\\' }],
  [
    '# check=skip=A,B;error=true\nFROM scratch\n',
    { escape: '\\', check: { skip: ['A', 'B'], experimental: [], error: true } },
  ],
  ['# check=skip=all\nFROM scratch\n', { escape: '\\', check: { skip: 'all', experimental: [], error: false } }],
])('directives of %j', (text, expected) => {
  expect(parseDockerfile(text).directives).toMatchObject(expected);
});

test('ENV and LABEL take pairs, or one key and the rest of the line', () => {
  expect(instructions('ENV ONE TWO= THREE=x', 'ENV M   a   b  ', 'LABEL "a b"="c d" e=\'f g\' h=i\\ j')).toEqual([
    { kind: 'ENV', pairs: [{ key: 'ONE', value: 'TWO= THREE=x', legacy: true }] },
    { kind: 'ENV', pairs: [{ key: 'M', value: 'a   b', legacy: true }] },
    {
      kind: 'LABEL',
      pairs: [
        { key: '"a b"', value: '"c d"', legacy: false },
        { key: 'e', value: "'f g'", legacy: false },
        { key: 'h', value: 'i\\ j', legacy: false },
      ],
    },
  ]);
});

test('ARG declares names with and without default, and comments may describe them', () => {
  const text = 'FROM scratch\n# A is first\n# B is second\nARG A="x y" B C=\n';
  expect(parseDockerfile(text).stages[0]?.instructions.map(essence)).toEqual([
    {
      kind: 'ARG',
      args: [
        { name: 'A', defaultValue: '"x y"', comment: 'is first' },
        { name: 'B', comment: 'is second' },
        { name: 'C', defaultValue: '' },
      ],
    },
  ]);
});

test('a stage is described by the comment right above it', () => {
  const { stages } = parseDockerfile('# base holds tools\nFROM a AS base\n# web serves\n\nFROM b AS web\n');
  expect(stages.map(({ comment }) => comment)).toEqual(['holds tools', undefined]);
});

test('arrays are JSON or nothing', () => {
  expect(
    instructions(
      'CMD [ "a\\tb", "\\u00e9" ]',
      "CMD ['a']",
      'CMD ["a",]',
      'CMD ["a"] b',
      'CMD ["\\x"]',
      'CMD []',
      'CMD',
    ),
  ).toEqual(
    [
      { form: 'exec', args: ['a\tb', 'é'] },
      { form: 'shell', text: "['a']" },
      { form: 'shell', text: '["a",]' },
      { form: 'shell', text: '["a"] b' },
      { form: 'shell', text: '["\\x"]' },
      { form: 'exec', args: [] },
      { form: 'shell', text: '' },
    ].map((command) => ({ kind: 'CMD', command })),
  );
});

test('COPY and ADD have their flags', () => {
  expect(
    instructions(
      'COPY --from=b --chown=1:2 --chmod=u=rwX --link --parents=TRUE --exclude=*.md --exclude="a b" x y /d/',
      'ADD --checksum=sha256:1 --keep-git-dir --unpack=false ["a b", "/c"]',
      'COPY -- --weird /d/',
    ),
  ).toEqual([
    {
      kind: 'COPY',
      from: 'b',
      chown: '1:2',
      chmod: 'u=rwX',
      link: true,
      parents: true,
      excludes: ['*.md', 'a b'],
      sources: ['x', 'y'],
      heredocs: [],
      destination: '/d/',
      isJson: false,
    },
    {
      kind: 'ADD',
      checksum: 'sha256:1',
      keepGitDir: true,
      unpack: false,
      link: false,
      excludes: [],
      sources: ['a b'],
      heredocs: [],
      destination: '/c',
      isJson: true,
    },
    {
      kind: 'COPY',
      link: false,
      parents: false,
      excludes: [],
      sources: ['--weird'],
      heredocs: [],
      destination: '/d/',
      isJson: false,
    },
  ]);
});

test('RUN has its flags and keeps the quotes of its text', () => {
  expect(instructions('RUN --mount=type=cache,target=/c --mount=target=/x --network=none echo "a  b"', 'RUN')).toEqual([
    {
      kind: 'RUN',
      command: { form: 'shell', text: 'echo "a  b"' },
      heredocs: [],
      mounts: ['type=cache,target=/c', 'target=/x'],
      network: 'none',
      security: 'sandbox',
    },
    {
      kind: 'RUN',
      command: { form: 'shell', text: '' },
      heredocs: [],
      mounts: [],
      network: 'default',
      security: 'sandbox',
    },
  ]);
});

test('HEALTHCHECK gives what the image config keeps', () => {
  expect(
    instructions(
      'HEALTHCHECK --interval=1m30s --timeout=5s --start-period=500ms --start-interval=2s --retries=4 CMD ["/c", "x"]',
      'healthcheck cmd x | y',
      'HEALTHCHECK NONE',
    ),
  ).toEqual([
    {
      kind: 'HEALTHCHECK',
      test: ['CMD', '/c', 'x'],
      interval: 90e9,
      timeout: 5e9,
      startPeriod: 5e8,
      startInterval: 2e9,
      retries: 4,
    },
    { kind: 'HEALTHCHECK', test: ['CMD-SHELL', 'x | y'] },
    { kind: 'HEALTHCHECK', test: ['NONE'] },
  ]);
});

test('the rest of the line is one argument where there is one', () => {
  expect(
    instructions('USER a b', 'WORKDIR /a b', 'STOPSIGNAL A B', 'MAINTAINER a <b>', 'VOLUME /a  b', 'EXPOSE 80 1-2/udp'),
  ).toEqual([
    { kind: 'USER', user: 'a b' },
    { kind: 'WORKDIR', path: '/a b' },
    { kind: 'STOPSIGNAL', signal: 'A B' },
    { kind: 'MAINTAINER', maintainer: 'a <b>' },
    { kind: 'VOLUME', paths: ['/a', 'b'] },
    { kind: 'EXPOSE', ports: ['80', '1-2/udp'] },
  ]);
});

test('lines are remembered in which a continuation has blank lines', () => {
  expect(parseDockerfile('FROM scratch\nRUN a \\\n\n b\nRUN c \\\n # d\n e\n').emptyContinuations).toEqual([4]);
});

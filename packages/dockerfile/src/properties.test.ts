import { isTsbuildError } from '@tsbuild/core';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EscapeChar } from './ast.ts';
import { editDockerfile, printDockerfile } from './edit/edit-dockerfile.ts';
import { walkInstructions } from './edit/walk.ts';
import { expandWord } from './expand/expand.ts';
import { expandRunMounts } from './expand/run-mounts.ts';
import { parseDockerignore } from './ignore/dockerignore.ts';
import { checkDockerfile } from './lint/check-dockerfile.ts';
import { parseDockerfile } from './parse/dockerfile.ts';
import { parseOnbuildTrigger } from './parse/onbuild-trigger.ts';
import { parseDuration } from './values/duration.ts';

/** Text made of what means something to the reader. */
function textOf(...parts: string[]): fc.Arbitrary<string> {
  const part = fc.oneof(fc.constantFrom(...parts), fc.string({ unit: 'binary', maxLength: 2 }));
  return fc.array(part, { maxLength: 40 }).map((all) => all.join(''));
}

const dockerfiles = textOf(
  ...['FROM ', 'RUN ', 'COPY ', 'ADD ', 'ENV ', 'ARG ', 'LABEL ', 'EXPOSE ', 'USER ', 'WORKDIR ', 'VOLUME ', 'CMD '],
  ...['ENTRYPOINT ', 'SHELL ', 'HEALTHCHECK ', 'STOPSIGNAL ', 'ONBUILD ', 'MAINTAINER ', 'NONE', '--mount=', '--from='],
  ...['\n', '\r\n', ' ', '\t', '\\', '\\\n', '`', '#', '# escape=`\n', '# check=', '\ufeff', '"', "'", '[', ']', ','],
  ...[
    '<<EOF',
    '<<-',
    'EOF\n',
    '<',
    '$',
    '${',
    '}',
    ':',
    '-',
    '=',
    'a',
    'A',
    '80',
    '/',
    ' AS b',
    'type=cache',
    '\u0000',
  ],
);
const words = textOf('$', '${', '}', ':', '-', '+', '?', '#', '%', '/', '*', '\\', '"', "'", 'A', 'U', ' ', '<<', '`');
const patterns = textOf('*', '**', '/', '!', '?', '[', ']', '^', '-', '\\', 'a', 'b', '.', '..', '#', '\n', ' ');

/** Fails for an error that is not ours. */
function neverCrashes(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    if (!isTsbuildError(error)) throw error;
  }
}

test('whatever a Dockerfile holds, reading it ends in a result or in an error of ours', () => {
  fc.assert(
    fc.property(dockerfiles, (text) => {
      neverCrashes(() => checkDockerfile(parseDockerfile(`FROM scratch\n${text}`)));
      neverCrashes(() => parseDockerfile(text));
      neverCrashes(() => parseOnbuildTrigger(text));
    }),
    { numRuns: 2000 },
  );
});

test('every error of the parser has a place within the file', () => {
  fc.assert(
    fc.property(dockerfiles, (text) => {
      try {
        parseDockerfile(text);
      } catch (error) {
        const lines = text.split('\n').length;
        expect(isTsbuildError(error) && error.range?.start.line).toSatisfy((line) => line >= 1 && line <= lines);
      }
    }),
    { numRuns: 1000 },
  );
});

test('words, mounts and values end in a result or in an error of ours', () => {
  const env = new Map([
    ['A', 'a*b/c'],
    ['E', ''],
  ]);
  fc.assert(
    fc.property(words, fc.constantFrom<EscapeChar[]>('\\', '`'), (word, escapeChar) => {
      neverCrashes(() => expandWord(word, env, { escape: escapeChar }));
      neverCrashes(() => expandRunMounts([`target=/x,${word}`], env));
      neverCrashes(() => parseDuration(word));
    }),
    { numRuns: 2000 },
  );
});

test('a word without a meaning is itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const plain = text.replaceAll(/["'$\\<]/g, '');
      expect(expandWord(plain, new Map())).toBe(plain);
    }),
  );
});

test('a value arrives unchanged, whatever it holds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      expect(expandWord('"$A"', new Map([['A', value]]))).toBe(value);
      expect(expandWord('${U:-$A}', new Map([['A', value]]))).toBe(value);
    }),
  );
});

test('a directory that may be skipped holds nothing that is taken back in', () => {
  const names = fc.array(fc.constantFrom('a', 'b', 'ab', '.'), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(patterns, names, names, (text, directory, below) => {
      neverCrashes(() => {
        const matcher = parseDockerignore(text);
        const parent = directory.join('/');
        if (matcher.canSkip(parent)) expect(matcher.ignores(`${parent}/${below.join('/')}`)).toBe(true);
      });
    }),
    { numRuns: 3000 },
  );
});

test('printing gives back every byte, and replacing instructions by themselves, too', () => {
  fc.assert(
    fc.property(dockerfiles, (text) => {
      neverCrashes(() => {
        const dockerfile = parseDockerfile(text);
        expect(printDockerfile(dockerfile)).toBe(text);
        expect(printDockerfile(editDockerfile(dockerfile, []))).toBe(text);
        const first = [...walkInstructions(dockerfile)][0]?.instruction;
        if (first === undefined) throw new Error('cannot happen');
        const removed = editDockerfile(dockerfile, [{ insert: '# x', before: first }]);
        expect(printDockerfile(removed).replace(/# x\r?\n/, '')).toBe(text);
      });
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ['5 MB of instructions', `FROM scratch\n${'RUN echo hello world && echo bye # x\n'.repeat(135_000)}`],
  [
    '100,000 variables',
    `FROM scratch\n${Array.from({ length: 100_000 }, (_, n) => `ENV A${n}=$A${n - 1}x`).join('\n')}`,
  ],
  ['a line of 1 MB', `FROM scratch\nENV A="${'x'.repeat(1_000_000)}"\nLABEL ${'k=v '.repeat(250_000)}`],
  ['1 MB of blanks', `FROM scratch\nRUN ${' '.repeat(1_000_000)}x${' '.repeat(1_000_000)}\\${' '.repeat(1_000_000)}\n`],
  ['10,000 continuations', `FROM scratch\nRUN a${' \\\n\n# c\n  b'.repeat(10_000)}`],
  ['10,000 here-documents', `FROM scratch\nRUN ${'<<A '.repeat(10_000)}\n${'x\nA\n'.repeat(10_000)}`],
  ['a here-document that is none', `FROM scratch\nRUN ${'1'.repeat(300_000)}<<${' '.repeat(300_000)}<\n`],
  ['brackets', `FROM scratch\nCMD ${'['.repeat(1_000_000)}`],
  [
    '10,000 stages',
    Array.from({ length: 10_000 }, (_, n) => `FROM ${n === 0 ? 'a' : `s${n - 1}`} AS s${n}`).join('\n'),
  ],
])('%s are read and checked in a few seconds', { timeout: 30_000 }, (_, text) => {
  const started = process.cpuUsage();
  checkDockerfile(parseDockerfile(text));
  expect(process.cpuUsage(started).user / 1e6).toBeLessThan(15);
});

test('a value that doubles line by line ends at a limit', () => {
  const text = `FROM scratch\nENV A=xxxxxxxxxxxxxxxx\n${'ENV A=$A$A\n'.repeat(1000)}`;
  neverCrashes(() => checkDockerfile(parseDockerfile(text)));
});

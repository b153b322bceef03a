import { DockerfileError, ExecError, TsbuildError, UsageError } from '@tsbuild/core';
import { describe, expect, test } from 'vitest';
import { explain } from './explain.ts';

const { signal } = new AbortController();
const source = {
  name: 'Dockerfile',
  text: 'FROM node:22\nWORKDIR /app\nCOPPY . .\nRUN npm ci\nRUN npm test\nCMD ["node"]\n',
};

function lineRange(line: number, end = line) {
  return { start: { line, column: 0 }, end: { line: end, column: 3 } };
}

function explained(error: unknown): string {
  return explain(error, signal, { isDebug: false }).text;
}

test('an error in the Dockerfile shows its lines, the code and the likely mend', () => {
  const error = new DockerfileError('ERR_TSBUILD_UNKNOWN_INSTRUCTION', 'unknown instruction: COPPY', {
    range: lineRange(3),
    source,
    hint: 'did you mean COPY?',
  });
  expect(explain(error, signal, { isDebug: false })).toEqual({
    exitCode: 1,
    text: `Dockerfile:3
   1 | FROM node:22
   2 | WORKDIR /app
>> 3 | COPPY . .
   4 | RUN npm ci
   5 | RUN npm test
error: unknown instruction: COPPY (ERR_TSBUILD_UNKNOWN_INSTRUCTION)
hint: did you mean COPY?
`,
  });
});

test('a failed command shows the end of its output and its exit status', () => {
  const error = new ExecError(['/bin/sh', '-c', 'npm ci'], 1, 'npm error code EUSAGE\r\nnpm error\n\n', {
    range: lineRange(4),
    source,
  });
  expect(explained(error)).toBe(`end of the output:
 | npm error code EUSAGE
 | npm error
Dockerfile:4
   2 | WORKDIR /app
   3 | COPPY . .
>> 4 | RUN npm ci
   5 | RUN npm test
   6 | CMD ["node"]
error: process "/bin/sh -c npm ci" did not complete successfully: exit code: 1 (ERR_TSBUILD_EXEC)
`);
});

test('wrong usage has exit status 2 and no frame', () => {
  expect(
    explain(new UsageError('unknown flag: --tga', { hint: 'did you mean --tag?' }), signal, { isDebug: false }),
  ).toEqual({
    exitCode: 2,
    text: 'error: unknown flag: --tga (ERR_TSBUILD_USAGE)\nhint: did you mean --tag?\n',
  });
});

test('an interrupted build is no failure of what it was doing', () => {
  const controller = new AbortController();
  controller.abort(new TsbuildError('ERR_TSBUILD_INTERRUPTED', 'interrupted by SIGINT'));
  expect(explain(new Error('socket closed'), controller.signal, { isDebug: false })).toEqual({
    exitCode: 130,
    text: 'error: interrupted by SIGINT (ERR_TSBUILD_INTERRUPTED)\n',
  });
});

test('an unexpected error is called a bug, and the stack is shown on demand', () => {
  const error = new TypeError('x is not a function');
  expect(explain(error, signal, { isDebug: false })).toEqual({
    exitCode: 1,
    text: `error: TypeError: x is not a function
hint: this is a bug of tsbuild; please report it with the stack that TSBUILD_DEBUG=1 shows
`,
  });
  expect(explain(error, signal, { isDebug: true }).text).toContain('explain.test.ts');
});

test('a system error that nobody expected is told in plain words', () => {
  const error = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  expect(explained(error)).toBe(`error: no space left on the device while working (ERR_TSBUILD_DISK_FULL)
hint: free some space, or choose another store with --root or TSBUILD_ROOT
`);
});

describe('the frame', () => {
  function frame(text: string, start: number, end: number): string {
    const error = new DockerfileError('ERR_TSBUILD_COPY', 'x', {
      range: lineRange(start, end),
      source: { name: 'D', text },
    });
    return explained(error).replace(/error: .*\n$/, '');
  }

  test('marks every line of an instruction, numbers aligned', () => {
    expect(frame('1\n2\n3\n4\n5\n6\n7\n8\n9 \\\n10\n11\n', 9, 10)).toBe(`D:9
   7 | 7
   8 | 8
>> 9 | 9 \\
>>10 | 10
  11 | 11
`);
  });

  test('is cut in a long instruction and in a long line', () => {
    const text = `${'x'.repeat(500)}\n`.repeat(100);
    const lines = frame(text, 10, 90).split('\n');
    expect(lines).toHaveLength(1 + 2 + 12 + 1 + 1);
    expect(lines.at(-2)).toBe('>> … | (69 more lines)');
    expect(lines[1]).toBe(`   8 | ${'x'.repeat(199)}…`);
  });

  test('shows what could steer a terminal as text', () => {
    expect(frame('RUN \x1b]0;gotcha\x07\tx \u202e\n', 1, 1)).toBe('D:1\n>> 1 | RUN \\x1b]0;gotcha\\x07\tx \\u202e\n');
  });

  test('stays within the text when the range does not', () => {
    expect(frame('FROM a\n', 7, 9)).toBe('D:7\n>> 1 | FROM a\n');
  });
});

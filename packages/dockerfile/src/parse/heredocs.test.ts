import { expect, test } from 'vitest';
import type { Heredoc } from '../heredoc.ts';
import { runProgram } from '../run-program.ts';
import { parseDockerfile } from './dockerfile.ts';
import { parseOnbuildTrigger } from './onbuild-trigger.ts';

function only(text: string) {
  const [instruction, ...more] = parseDockerfile(`FROM scratch\n${text}`).stages[0]?.instructions ?? [];
  expect(more).toEqual([]);
  return instruction;
}

function heredocs(text: string): readonly Heredoc[] {
  const instruction = only(text);
  return instruction !== undefined && 'heredocs' in instruction ? instruction.heredocs : [];
}

function program(text: string) {
  const instruction = only(text);
  if (instruction?.kind !== 'RUN') throw new Error('not a RUN');
  return runProgram(instruction);
}

test.each([
  ['<<EOF', { name: 'EOF', expand: true, chomp: false, fileDescriptor: 0 }],
  ["<<'EOF'", { name: 'EOF', expand: false, chomp: false, fileDescriptor: 0 }],
  ['<<"EOF"', { name: 'EOF', expand: false, chomp: false, fileDescriptor: 0 }],
  ['<<E"O"F', { name: 'EOF', expand: false, chomp: false, fileDescriptor: 0 }],
  ['<< EOF', { name: 'EOF', expand: true, chomp: false, fileDescriptor: 0 }],
  ['3<<-EOF', { name: 'EOF', expand: true, chomp: true, fileDescriptor: 3 }],
])('RUN %s announces a document', (word, expected) => {
  expect(heredocs(`RUN cat ${word} > /o\nbody\nEOF\n`)).toEqual([{ ...expected, content: 'body\n' }]);
});

test.each(['RUN echo "a <<EOF"', "RUN echo '<<EOF'", 'RUN a <EOF', 'RUN a <<< b', 'RUN ["a", "<<EOF"]'])(
  '%s announces none',
  (text) => {
    expect(heredocs(text)).toEqual([]);
  },
);

test('a body is kept as it is, up to the delimiter alone on its line', () => {
  const body = '# c\nFROM x\n\n  a \\\n EOF\nEOFX\n';
  expect(heredocs(`RUN cat <<EOF\n${body}EOF\n`)[0]?.content).toBe(body);
});

test('a body in a file with CRLF keeps its carriage returns', () => {
  expect(heredocs('COPY <<EOF /f\r\na\r\nEOF\r\n')[0]?.content).toBe('a\r\n');
});

test('several documents are read one after the other and mix with files', () => {
  const copy = only('COPY a <<b c <<"d" /d/\nB\nb\nD\nd\n');
  expect(copy).toMatchObject({
    sources: ['a', 'c'],
    heredocs: [
      { name: 'b', content: 'B\n', expand: true },
      { name: 'd', content: 'D\n', expand: false },
    ],
    range: { start: { line: 2, column: 0 }, end: { line: 6, column: 1 } },
  });
});

test('a RUN that is only a document runs its body, without its tabs after <<-', () => {
  expect(program('RUN <<EOF\na\nb\nEOF\n')).toEqual({ args: ['a\nb\n'], usesShell: true });
  expect(program('RUN <<-EOF\n\ta\n\t\tb\n\tEOF\n')).toEqual({ args: ['a\nb\n'], usesShell: true });
});

test('any other RUN leaves its documents to the shell', () => {
  expect(program("RUN cat <<A > /1 && cat <<'B'\na\nA\nb\nB\n")).toEqual({
    args: ["cat <<A > /1 && cat <<'B'\na\nA\nb\nB"],
    usesShell: true,
  });
});

test('a body that begins with #! is a script', () => {
  expect(program('RUN <<run.py\n#!/usr/bin/python\nprint()\nrun.py\n')).toEqual({
    args: ['/dev/pipes/run.py'],
    usesShell: true,
    script: { path: '/dev/pipes/run.py', name: 'run.py', content: '#!/usr/bin/python\nprint()\n' },
  });
});

test('the exec form has no shell, and needs a program', () => {
  expect(program('RUN ["a", "$b"]')).toEqual({ args: ['a', '$b'], usesShell: false });
  expect(() => program('RUN []')).toThrow('RUN requires at least one argument');
});

test('ONBUILD keeps the text of its trigger with the document, unchecked', () => {
  const onbuild = only('ONBUILD COPY <<EOF /f\nv=$V\nEOF\n');
  expect(onbuild).toMatchObject({ kind: 'ONBUILD', trigger: 'COPY <<EOF /f\nv=$V\nEOF' });
  expect(only('onbuild  FROB  x')).toMatchObject({ trigger: 'FROB  x' });
});

test('a trigger is parsed when it triggers, at the place of the FROM', () => {
  const range = { start: { line: 7, column: 0 }, end: { line: 7, column: 6 } };

  expect(parseOnbuildTrigger('COPY <<EOF /f\nv=$V\nEOF', { range })).toMatchObject({
    kind: 'COPY',
    heredocs: [{ name: 'EOF', content: 'v=$V\n' }],
    range,
  });
  expect(() => parseOnbuildTrigger('FROB x', { range })).toThrow(
    expect.objectContaining({ message: 'unknown instruction: FROB', range }),
  );
  expect(() => parseOnbuildTrigger('RUN a\nRUN b')).toThrow('single instruction');
});

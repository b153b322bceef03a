import { UsageError } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { parseDockerfile } from '../parse/dockerfile.ts';
import { editDockerfile, printDockerfile } from './edit-dockerfile.ts';
import { walkInstructions } from './walk.ts';

const TEXT = '# top\nFROM node AS a\n\n# c\nRUN x \\\n  y\nCOPY <<EOF /f\nbody\nEOF\nCMD z';
const dockerfile = parseDockerfile(TEXT);
const [from, run, copy, cmd] = [...walkInstructions(dockerfile)].map(({ instruction }) => instruction);
if (from === undefined || run === undefined || copy === undefined || cmd === undefined)
  throw new Error('cannot happen');

test('a walk visits global ARGs, then stage by stage', () => {
  const visited = [...walkInstructions(parseDockerfile('ARG A\nFROM a\nRUN b\nFROM c\n'))];
  expect(visited.map(({ instruction, stage }) => [instruction.kind, stage?.index])).toEqual([
    ['ARG', undefined],
    ['FROM', 0],
    ['RUN', 0],
    ['FROM', 1],
  ]);
});

test('an instruction is replaced with all of its lines, and nothing else changes', () => {
  const edited = editDockerfile(dockerfile, [
    { replace: copy, with: 'COPY a b\n' },
    { replace: cmd, with: 'CMD ["z"]' },
  ]);
  expect(printDockerfile(edited)).toBe('# top\nFROM node AS a\n\n# c\nRUN x \\\n  y\nCOPY a b\nCMD ["z"]');
});

test('instructions are removed and inserted', () => {
  const edited = editDockerfile(dockerfile, [
    { remove: run },
    { insert: 'USER u\nUSER v', after: from },
    { insert: 'ARG A', before: from },
    { insert: 'LABEL a=1', after: cmd },
  ]);
  expect(printDockerfile(edited)).toBe(
    '# top\nARG A\nFROM node AS a\nUSER u\nUSER v\n\n# c\nCOPY <<EOF /f\nbody\nEOF\nCMD z\nLABEL a=1',
  );
});

test('new lines take the line ends of the file, and the byte order mark stays first', () => {
  const windows = parseDockerfile('\ufeffFROM a\r\nRUN b\r\n');
  const [stage] = windows.stages;
  if (stage === undefined) throw new Error('cannot happen');
  const edited = editDockerfile(windows, [{ insert: 'ARG A\nARG B', before: stage.from }]);
  expect(printDockerfile(edited)).toBe('\ufeffARG A\r\nARG B\r\nFROM a\r\nRUN b\r\n');
});

test('edits that collide, or of another Dockerfile, are refused', () => {
  expect(() => editDockerfile(dockerfile, [{ remove: run }, { replace: run, with: 'RUN y' }])).toThrow(UsageError);
  expect(() => editDockerfile(parseDockerfile(TEXT), [{ remove: run }])).toThrow(UsageError);
});

test('the result has to be a Dockerfile', () => {
  expect(() => editDockerfile(dockerfile, [{ remove: from }])).toThrow('no build stage');
});

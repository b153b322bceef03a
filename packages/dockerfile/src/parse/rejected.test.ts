import { DockerfileError } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { parseDockerfile } from './dockerfile.ts';

/** What makes a Dockerfile wrong wherever it is built: text, line and words of the message. */
const REJECTED: readonly (readonly [rule: string, text: string, line: number, words: string])[] = [
  ['only blank lines and comments', '\n# nothing\n\n', 3, 'no instructions'],
  ['no stage', 'ARG A=1\n', 1, 'no stages to build'],
  ['an instruction before FROM', 'ARG A=1\nLABEL a=1\nFROM scratch\n', 2, 'no build stage'],
  ['an unknown instruction', 'FROM scratch\n\n# c\nFETCH http://x\n', 4, 'unknown instruction: FETCH'],
  ['an unknown instruction in a late stage', 'FROM a\nRUN x\nFROM b\nWROKDIR /x\n', 4, 'unknown instruction: WROKDIR'],
  ['a keyword without a space', 'FROM scratch\nCMD["x"]\n', 2, 'unknown instruction: CMD["x"]'],
  ['a heredoc after CMD', 'FROM scratch\nCMD <<EOF\necho hi\nEOF\n', 3, 'unknown instruction: echo'],
  ['a heredoc in the JSON form', 'FROM scratch\nCOPY ["<<EOF", "/f"]\nbody\nEOF\n', 3, 'unknown instruction: body'],
  ['an unterminated heredoc', 'FROM scratch\nCOPY <<EOF /f\ntext\nEOFX\n', 2, 'unterminated heredoc'],
  ['a heredoc as destination', 'FROM scratch\nCOPY a <<EOF\nEOF\n', 2, 'heredoc as a destination'],
  ['an escape character that is none', '# escape=x\nFROM scratch\n', 1, 'escape'],
  ['a directive given twice', '# escape=`\n# escape=\\\nFROM scratch\n', 2, 'only one escape'],
  ['a malformed check directive', '# check=foo\nFROM scratch\n', 1, 'invalid check option'],
  ['an array of numbers', 'FROM scratch\nCMD ["sleep", 10]\n', 2, 'strings only'],
  ['an array of arrays', 'FROM scratch\nENTRYPOINT [["a"]]\n', 2, 'strings only'],
  ['FROM without an image', 'FROM\n', 1, 'FROM requires either one or three arguments'],
  ['FROM with two arguments', 'FROM scratch name\n', 1, 'FROM requires either one or three arguments'],
  ['a comment after FROM', 'FROM busybox # the base\n', 1, 'FROM requires either one or three arguments'],
  ['FROM with a word that is not AS', 'FROM scratch IS name\n', 1, 'FROM requires either one or three arguments'],
  ['a stage name that begins with a digit', 'FROM scratch AS 1st\n', 1, 'invalid name for build stage: "1st"'],
  ['a stage name with a slash', 'FROM scratch AS a/b\n', 1, 'invalid name for build stage: "a/b"'],
  ['a stage name with umlauts', 'FROM scratch AS Ünï\n', 1, 'invalid name for build stage: "Ünï"'],
  ['a variable as stage name', 'ARG N=x\nFROM scratch AS $N\n', 2, 'invalid name for build stage: "$N"'],
  ['ADD alone', 'FROM scratch\nADD\n', 2, 'ADD requires at least two arguments'],
  ['COPY with one argument', 'FROM scratch\nCOPY a\n', 2, 'COPY requires at least two arguments'],
  ['ARG alone', 'FROM scratch\nARG\n', 2, 'ARG requires at least one argument'],
  ['ARG without a name', 'FROM scratch\nARG =x\n', 2, 'ARG names can not be blank'],
  ['ENV alone', 'FROM scratch\nENV\n', 2, 'ENV requires at least one argument'],
  ['ENV with a name alone', 'FROM scratch\nENV A\n', 2, 'ENV must have two arguments'],
  ['ENV without a name', 'FROM scratch\nENV =x\n', 2, 'ENV names can not be blank'],
  ['a word without = among pairs', 'FROM scratch\nENV A=1 B\n', 2, 'can\'t find = in "B"'],
  ['a comment after ENV', 'FROM scratch\nENV A=1 # note\n', 2, 'can\'t find = in "#"'],
  ['a continued LABEL, at its first line', 'FROM scratch\nLABEL a=1 \\\n  b=2 \\\n  c\n', 2, 'can\'t find = in "c"'],
  ['EXPOSE alone', 'FROM scratch\nEXPOSE\n', 2, 'EXPOSE requires at least one argument'],
  ['HEALTHCHECK alone', 'FROM scratch\nHEALTHCHECK\n', 2, 'HEALTHCHECK requires at least one argument'],
  ['HEALTHCHECK of an unknown type', 'FROM scratch\nHEALTHCHECK HTTP /x\n', 2, 'unknown type "HTTP"'],
  ['HEALTHCHECK CMD alone', 'FROM scratch\nHEALTHCHECK --retries=1 CMD\n', 2, 'missing command'],
  ['HEALTHCHECK NONE with arguments', 'FROM scratch\nHEALTHCHECK NONE x\n', 2, 'NONE takes no arguments'],
  ['a duration that is none', 'FROM scratch\nHEALTHCHECK --interval=soon CMD x\n', 2, 'invalid duration "soon"'],
  ['a duration below 1ms', 'FROM scratch\nHEALTHCHECK --interval=10us CMD x\n', 2, '--interval: interval "10us"'],
  ['negative retries', 'FROM scratch\nHEALTHCHECK --retries=-1 CMD x\n', 2, '--retries cannot be negative'],
  ['LABEL alone', 'FROM scratch\nLABEL\n', 2, 'LABEL requires at least one argument'],
  ['ONBUILD alone', 'FROM scratch\nONBUILD\n', 2, 'ONBUILD requires at least one argument'],
  ['ONBUILD ONBUILD', 'FROM scratch\nONBUILD onbuild RUN x\n', 2, "`ONBUILD ONBUILD` isn't allowed"],
  ['ONBUILD FROM', 'FROM scratch\nONBUILD FROM x\n', 2, "FROM isn't allowed as an ONBUILD trigger"],
  ['ONBUILD MAINTAINER', 'FROM scratch\nONBUILD MAINTAINER x\n', 2, "MAINTAINER isn't allowed as an ONBUILD trigger"],
  ['SHELL alone', 'FROM scratch\nSHELL\n', 2, 'SHELL requires at least one argument'],
  ['SHELL of nothing', 'FROM scratch\nSHELL []\n', 2, 'SHELL requires at least one argument'],
  ['SHELL as text', 'FROM scratch\nSHELL /bin/bash -c\n', 2, 'SHELL requires the arguments to be in JSON form'],
  ['STOPSIGNAL alone', 'FROM scratch\nSTOPSIGNAL\n', 2, 'STOPSIGNAL requires exactly one argument'],
  ['USER alone', 'FROM scratch\nUSER\n', 2, 'USER requires exactly one argument'],
  ['VOLUME alone', 'FROM scratch\nVOLUME\n', 2, 'VOLUME requires at least one argument'],
  ['an empty VOLUME', 'FROM scratch\nVOLUME [""]\n', 2, 'VOLUME specified can not be an empty string'],
  ['WORKDIR alone', 'FROM scratch\nWORKDIR\n', 2, 'WORKDIR requires exactly one argument'],
  ['an unknown flag of COPY', 'FROM scratch\nCOPY --owner=1 a /a\n', 2, 'unknown flag: --owner'],
  ['--from of ADD', 'FROM scratch\nADD --from=x /a /b\n', 2, 'unknown flag: --from'],
  ['an unknown flag of RUN', 'FROM scratch\nRUN --timeout=3 true\n', 2, 'unknown flag: --timeout'],
  ['a flag of LABEL', 'FROM scratch\nLABEL --x=1 a=2\n', 2, 'unknown flag: --x'],
  ['a flag given twice', 'FROM scratch\nCOPY --chown=1 --chown=2 a /a\n', 2, 'duplicate flag specified: --chown'],
  ['a flag without its value', 'FROM scratch\nCOPY --chown a /a\n', 2, 'missing a value on flag: --chown'],
  ['a switch with an empty value', 'FROM scratch\nCOPY --link= a /a\n', 2, 'missing a value on flag: --link'],
  ['a switch that is neither true nor false', 'FROM scratch\nCOPY --link=maybe a /a\n', 2, 'flag --link, not: "maybe"'],
  ['a variable in --from', 'FROM scratch\nCOPY --from=$S /a /b\n', 2, 'variable expansion is not supported for --from'],
  [
    "a variable in a mount's from",
    'FROM a\nRUN --mount=from=$S,target=/m true\n',
    2,
    "'from' doesn't support variable",
  ],
  ['an unknown network', 'FROM a\nRUN --network=bridge true\n', 2, 'invalid network mode "bridge"'],
  ['an unknown security mode', 'FROM a\nRUN --security=none true\n', 2, 'security "none" is not valid'],
];

function rejection(text: string): DockerfileError {
  try {
    parseDockerfile(text);
  } catch (error) {
    if (error instanceof DockerfileError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

test.each(REJECTED)('%s is refused at its line', (_, text, line, words) => {
  const error = rejection(text);

  expect(error.message).toContain(words);
  expect(error.range?.start.line).toBe(line);
  expect(error.source).toEqual({ name: 'Dockerfile', text });
});

test.each([
  ['FROM scratch\nWROKDIR /x\n', 'did you mean WORKDIR?'],
  ['FROM scratch\nCMD["x"]\n', 'put a space after CMD'],
  ['FROM scratch\nCMD <<EOF\necho hi\nEOF\n', 'CMD takes no here-documents'],
  ['FROM scratch\nRUN a\n&& b\n', 'a line that goes on must end with the escape character'],
  ['FROM scratch\nCOPY --chwon=1 a b\n', 'did you mean --chown?'],
  ['FROM scratch\nENV A=1 # note\n', 'a comment cannot stand at the end of an instruction'],
])('%j comes with a hint', (text, hint) => {
  expect(rejection(text).hint).toBe(hint);
});

test('the range of an unterminated heredoc ends where the file ends', () => {
  expect(rejection('FROM scratch\nRUN <<EOF\na\nb\n').range).toEqual({
    start: { line: 2, column: 0 },
    end: { line: 4, column: 0 },
  });
});

test('a message does not repeat a megabyte of input', () => {
  expect(rejection(`FROM scratch\n${'Q'.repeat(1_000_000)}\n`).message.length).toBeLessThan(200);
  expect(rejection(`FROM scratch\nRUN --${'q'.repeat(1_000_000)}\n`).message.length).toBeLessThan(200);
});

import { expect, test } from 'vitest';
import { expandWord, expandWordDetails, expandWords } from './expand.ts';
import { expandHeredoc } from './heredoc-body.ts';

const ENV = new Map([
  ['A', 'v'],
  ['AB', 'w'],
  ['E', ''],
  ['S', 'set'],
  ['P', 'foobarbaz'],
  ['F', '/usr/lib/libx.so.1.2'],
  ['Q', 'a/b/c*d?e'],
  ['B', 'a[bc]d'],
  ['GRÜSSE', 'schön'],
  ['W', 'x y'],
]);

test.each([
  ['plain', 'plain'],
  ['$A ${A} "$A" \'$A\'', 'v v v $A'],
  ['$A-b $A.b $AB_ ${A}B $A/B $A$AB $UNSET|', 'v-b v.b  vB v/B vw |'],
  ['$GRÜSSE', 'schön'],
  ['$$ $1x $12x $-z $@ a$ $ b $0', ' x x z  a$ $ b '],
  ["\\$A \\\\$A a\\ b \\n\\x \\'q\\'", "$A \\v a b nx 'q'"],
  ['"\\$A \\"q\\" \\\\ \\n \\x"', '$A "q" \\ \\n \\x'],
  ["'\\$A \\n'", '\\$A \\n'],
  ['pre"$A"\'$A\'post', 'prev$Apost'],
  ['end\\', 'end'],
  ['<<EOF <x', '<<EOF <x'],
  ['${S:-w} ${E:-w} ${U:-w}', 'set w w'],
  ['${S-w} ${E-w}| ${U-w}', 'set | w'],
  ['${S:+w} ${E:+w}| ${U:+w}|', 'w | |'],
  ['${S+w} ${E+w} ${U+w}|', 'w w |'],
  ['${S:?m} [${E?m}]', 'set []'],
  ['${U:-${A}} ${U:-${E:-deep}} ${A:+"$A x"} "${U:-\'$A\'}" ${U:-a\\ b} ${U:-}', 'v deep v x $A a b '],
  ['${P#f*b} ${P##f*b} ${P%b*} ${P%%b*} ${P#?} ${P%??} ${P#x}', 'arbaz az foobar foo oobarbaz foobarb foobarbaz'],
  ['${F##*/} ${F%/*} ${F%%.*} ${F#*.} [${F##*}] ${P#foobarbaz}.', 'libx.so.1.2 /usr/lib /usr/lib/libx so.1.2 [] .'],
  [
    '${P/ba/fo} ${P//ba/fo} ${P//a/} ${P/o*a/-} ${P//?a/_} ${P/nope/x}',
    'fooforbaz fooforfoz foobrbz f-z foo_r_z foobarbaz',
  ],
  ['${Q//\\//.} ${Q/\\*/.} ${Q/\\?/.}', 'a.b.c*d?e a/b/c.d?e a/b/c*d.e'],
  ['${B#a[bc]} ${B/[bc]/X}', 'd aXd'],
  ['[${U#x}] [${U%x}] [${U/x/y}]', '[] [] []'],
  ['${P///-}', '-f-o-o-b-a-r-b-a-z-'],
])('%s becomes %j', (word, value) => {
  expect(expandWord(word, ENV)).toBe(value);
});

test.each([
  ['${A^^}', 'unsupported modifier (^)'],
  ['${A:x}', 'unsupported modifier (:x)'],
  ['${}', 'bad substitution'],
  ['${:-x}', 'bad substitution'],
  ['${A', "missing '}'"],
  ['${A:-x', "missing '}'"],
  ['${A//a}', "missing '/'"],
  ['${A/a/b', "missing '}'"],
  ['"abc', 'matching double-quote'],
  ["'abc", 'matching single-quote'],
  ['${NEEDED:?give me a value}', 'NEEDED: give me a value'],
  ['${GONE?}', 'GONE: is not allowed to be unset'],
  ['${E:?}', 'E: is not allowed to be empty'],
  ['${P#\\a}', 'invalid escape in pattern'],
])('%s is refused', (word, problem) => {
  expect(() => expandWord(word, ENV)).toThrow(expect.objectContaining({ code: 'ERR_TSBUILD_EXPANSION' }));
  expect(() => expandWord(word, ENV)).toThrow(problem);
  expect(() => expandWord(word, ENV)).toThrow(JSON.stringify(word));
});

test('an error is at the place that it is told', () => {
  const range = { start: { line: 3, column: 0 }, end: { line: 3, column: 9 } };
  expect(() => expandWord('${', ENV, { range })).toThrow(expect.objectContaining({ range }));
});

test('with the backtick the backslash is an ordinary character', () => {
  expect(expandWord('C:\\x`$A"`"$A\\"', ENV, { escape: '`' })).toBe('C:\\x$A"v\\');
});

test('the splitting form splits what variables bring in, not what quotes hold, and drops empty words', () => {
  expect(expandWords('a$W "$W" \'b c\' $E "" d', ENV)).toEqual(['ax', 'y', 'x y', 'b c', 'd']);
});

test('it says which variables were looked at', () => {
  const { used, unset } = expandWordDetails('$A ${U:-$S} ${V+x}', ENV);
  expect([...used]).toEqual(['A', 'S']);
  expect([...unset]).toEqual(['U', 'V']);
});

test('the environment may be a function', () => {
  expect(expandWord('$x-$y', (name) => (name === 'x' ? '1' : undefined))).toBe('1-');
});

test('a here-document keeps its quotes and loses its backslashes', () => {
  const heredoc = { name: 'EOF', chomp: false, fileDescriptor: 0, content: '$A "$A" \'$A\'\n\\$A \\\\ \\n a\\b\n' };
  expect(expandHeredoc({ ...heredoc, expand: true }, ENV)).toBe('v "v" \'v\'\n$A \\ n ab\n');
  expect(expandHeredoc({ ...heredoc, expand: false }, ENV)).toBe(heredoc.content);
});

test('<<- takes tabs away, not spaces', () => {
  const heredoc = { name: 'EOF', chomp: true, expand: false, fileDescriptor: 0, content: '\t\ta\n  b\n\t  c\n' };
  expect(expandHeredoc(heredoc, ENV)).toBe('a\n  b\n  c\n');
});

test.each([
  ['deep nesting', '${a:-'.repeat(100_000) + '}'.repeat(100_000), ''],
  ['a value that grows', '$A'.repeat(100_000), 'x'.repeat(1000)],
  ['a replacement that grows', '${A//x/$A}', 'x'.repeat(100_000)],
  ['long patterns', `\${A#${'*x'.repeat(10_000)}}`, 'x'.repeat(100_000)],
  ['many patterns', '${A#*y}'.repeat(10_000), 'x'.repeat(100_000)],
])('%s has a limit', (_, word, value) => {
  expect(() => expandWord(word, new Map([['A', value]]))).toThrow(
    expect.objectContaining({ code: 'ERR_TSBUILD_EXPANSION' }),
  );
});

test('a pattern that would make a regular expression backtrack takes one pass', () => {
  const value = 'a'.repeat(100_000);
  expect(expandWord('${A##*a*a*a*a*a*a*a*a*b}', new Map([['A', value]]))).toBe(value);
});

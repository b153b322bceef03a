import { expect, test } from 'vitest';
import { formatRows } from './format-rows.ts';
import { parseTemplate } from './parse-template.ts';
import { runTemplate } from './run-template.ts';

const DATA = {
  Id: 'sha256:ab',
  Names: ['a:1', 'b:2'],
  None: [],
  Config: { Env: ['A=b', 'C="d"'], Labels: { 'x.y': '1', a: 'é' }, Cmd: null },
  Size: 12,
  On: true,
};

test.each([
  ['plain', 'plain'],
  ['{{.Id}}', 'sha256:ab'],
  ['{{ .Size }} {{.On}} {{.Config.Cmd}} {{.Config.Nothing.More}}', '12 true <nil> <no value>'],
  ['{{.Names}} {{.Config.Labels}}', '[a:1 b:2] map[a:é x.y:1]'],
  ['{{json .Config}}', '{"Env":["A=b","C=\\"d\\""],"Labels":{"x.y":"1","a":"é"},"Cmd":null}'],
  ['{{join .Names ", "}} {{upper .Id}} {{lower "ABC"}} {{title "ab cd"}}', 'a:1, b:2 SHA256:AB abc Ab Cd'],
  ['{{.Names | json}} {{index .Names 1 | upper}} {{index .Config.Labels "x.y"}}', '["a:1","b:2"] B:2 1'],
  ['{{index (split "a,b,c" ",") 2}} {{len .Names}} {{len "é"}}', 'c 2 2'],
  ['{{range .Names}}<{{.}}>{{end}}{{range .None}}x{{else}}none{{end}}', '<a:1><b:2>none'],
  ['{{range $i, $n := .Names}}{{$i}}={{$n}} {{$.Size}};{{end}}', '0=a:1 12;1=b:2 12;'],
  ['{{range $k, $v := .Config.Labels}}{{$k}}:{{$v}} {{end}}', 'a:é x.y:1 '],
  ['{{if .None}}a{{else if .On}}b{{else}}c{{end}}{{with .Config.Cmd}}x{{else}}y{{end}}', 'by'],
  ['{{if and (eq .Size 12) (not .None)}}yes{{end}}{{if or .None (ne .Id "x")}}!{{end}}', 'yes!'],
  ['{{$a := .Id}}{{$a}}{{/* note */}} {{- " t" -}}  x', 'sha256:ab tx'],
  ['{{println "}}"}}{{`raw\\n`}}', '}}\nraw\\n'],
])('%s', (template, expected) => {
  expect(runTemplate(parseTemplate(template), DATA)).toBe(expected);
});

test.each([
  ['{{.Id', 'not closed by }}'],
  ['{{.Nope}}', 'no field Nope'],
  ['{{template "x"}}', '{{template}} is not supported'],
  ['{{printf "%s" .Id}}', 'function "printf" is not supported'],
  ['{{if .Id}}', '{{if}} has no {{end}}'],
  ['{{end}}', '{{end}} without a beginning'],
  ['{{.Id .Size}}', 'only functions take arguments'],
  ['{{$x}}', 'undefined variable $x'],
  ['{{index .Names 5}}', 'index out of range: 5'],
  ['{{.Id.Sub}}', "can't evaluate field Sub of sha256:ab"],
  ['{{json (.Id}}', '( is not closed'],
  ['{{upper .Names}}', 'upper needs a text, got [a:1 b:2]'],
  ['{{}}', 'a value is missing'],
  ['{{.Id ; }}', 'unexpected ";"'],
])('%s is refused: %s', (template, problem) => {
  expect(() => runTemplate(parseTemplate(template), DATA)).toThrow(problem);
});

const SHAPE = { defaultTable: '{{.ID}}\t{{.Name}}', titles: { ID: 'IMAGE ID' }, fields: ['ID', 'Name'] };
const ROWS = [
  { ID: '1', Name: 'long name here' },
  { ID: '2', Name: 'b' },
];

test.each([
  [undefined, 'IMAGE ID   NAME\n1          long name here\n2          b\n'],
  ['table', 'IMAGE ID   NAME\n1          long name here\n2          b\n'],
  ['table {{.Name}}\\t{{upper .ID}}', 'NAME             IMAGE ID\nlong name here   1\nb                2\n'],
  ['{{.ID}}\\n{{.Name}}', '1\nlong name here\n2\nb\n'],
  ['json', '{"ID":"1","Name":"long name here"}\n{"ID":"2","Name":"b"}\n'],
])('rows in the format %j', (format, expected) => {
  expect(formatRows(ROWS, format, SHAPE)).toBe(expected);
});

test('a table without rows has its titles', () => {
  expect(formatRows([], undefined, SHAPE)).toBe('IMAGE ID   NAME\n');
});

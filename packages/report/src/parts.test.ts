import type { LayerEntry } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { criticalPath } from './critical-path.ts';
import { fileData } from './file-data.ts';
import { formatBytes, formatDuration } from './format.ts';
import { html, scriptJson } from './html.ts';
import { layOutLanes } from './lanes.ts';
import type { ReportStep } from './report-build.ts';
import { plainText } from './terminal-text.ts';

function step(id: string, startMs: number, durationMs: number, inputs: readonly string[] = []): ReportStep {
  return { id, name: id, status: 'ran', startMs, durationMs, inputs };
}

test('the critical path leads back from the last step over the inputs that ended last', () => {
  const steps = [
    step('a', 0, 5),
    step('b', 0, 9),
    step('c', 5, 2, ['a']),
    step('d', 9, 3, ['b', 'c']),
    step('e', 1, 2),
  ];

  expect([...criticalPath(steps)]).toEqual(['d', 'b']);
  expect([...criticalPath([{ id: 'x', name: 'x', inputs: [] }])]).toEqual([]);
});

test('a lane is used again when its step has ended', () => {
  const lanes = layOutLanes([step('a', 0, 10), step('b', 0, 5), step('c', 5, 5), step('d', 7, 1)]);

  expect(Object.fromEntries(lanes)).toEqual({ a: 0, b: 1, c: 1, d: 2 });
});

test('text is never markup, in elements, attributes and scripts', () => {
  expect(html`<a title="${'"<&'}">${'</a>'}${html`<b>${1}</b>`}${undefined}</a>`.markup).toBe(
    '<a title="&quot;&lt;&amp;">&lt;/a&gt;<b>1</b></a>',
  );
  expect(scriptJson({ a: '</script><!--\u2028' })).toBe('{"a":"\\u003c/script>\\u003c!--\\u2028"}');
});

test('output for terminals becomes plain text', () => {
  expect(
    plainText('\x1b[1;31mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07\r\n10%\r50%\r100%\r\ntab\tbell\x07'),
  ).toBe('red link\n100%\ntab\tbell');
});

test('the entries of a layer are a tree, parents that it does not list too', () => {
  const about = { mode: 0o644, uid: 1, gid: 2, mtime: 0, size: 0 };
  const entries: LayerEntry[] = [
    { path: 'a/b/file', type: 'file', ...about, size: 5 },
    { path: 'a', type: 'directory', ...about, opaque: true },
    { path: 'a/link', type: 'symlink', linkTarget: 'b', ...about },
    { path: 'gone', type: 'whiteout' },
  ];

  expect(JSON.stringify(fileData(entries))).toBe(
    '[["a","o",0,420,"1:2","",[["b","d",0,0,"","",[["file","f",5,420,"1:2",""]]],["link","l",0,420,"1:2","b"]]],["gone","w"]]',
  );
});

test('sizes and durations', () => {
  expect([0, 999, 1000, 1234567, 999_999_999].map(formatBytes)).toEqual(['0 B', '999 B', '1.0 kB', '1.2 MB', '1.0 GB']);
  expect([0, 1234, 12_345, 245_000].map(formatDuration)).toEqual(['0.00 s', '1.23 s', '12.3 s', '4 m 05 s']);
});

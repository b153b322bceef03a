import { mkdir, writeFile } from 'node:fs/promises';
import { createBuilder } from '@tsbuild/engine';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { saveBusybox } from '../support/busybox.ts';
import { hasPart, testWith } from '../support/parts.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { openPane, type Pane } from '../support/tmux.ts';

const WIDE = { columns: 90, rows: 24 };
const NARROW = { columns: 40, rows: 12 };
const PROMPT = /\n\$$/;

/** The screen without how long things took. */
function timeless(screen: string): string {
  return screen
    .split('\n')
    .map((line) => line.replace(/ +\d+\.\ds$/, '  T').replace(/\d+\.\ds/, 'T'))
    .join('\n');
}

describe('progress in a terminal', () => {
  let folder: TempFolder;
  let root: string;

  beforeAll(async () => {
    folder = await openTempFolder();
    root = folder.file('store');
    if (!hasPart('busybox')) return;
    await using builder = await createBuilder({ root });
    await saveBusybox(builder);
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  async function openContext(name: string, dockerfile: string, size: { columns: number; rows: number }): Promise<Pane> {
    const cwd = folder.file(name);
    await mkdir(cwd);
    await writeFile(`${cwd}/Dockerfile`, dockerfile);
    return openPane({ ...size, cwd, env: { TSBUILD_ROOT: root } });
  }

  const testPane = testWith('root', 'busybox', 'tmux');

  testPane('a build, the same again, and after a change', async () => {
    await using pane = await openContext('again', 'FROM busybox\nCOPY a /\nRUN cat /a\n', WIDE);
    await pane.enter('echo 1 >a; tsbuild build .');
    await pane.sees(/ran\n.*\n\$$/);
    await pane.clear();
    await pane.enter('tsbuild build .');
    expect(timeless(await pane.sees(/none ran\n\$$/))).toBe(`$ tsbuild build .
 => CACHED [1/3] FROM busybox
 => CACHED [2/3] COPY a /
 => CACHED [3/3] RUN cat /a
 => exporting to image store  T
[+] Built in T: 2 steps cached, none ran
$`);
    await pane.clear();
    await pane.enter('echo 2 >a; tsbuild build .');
    expect(timeless(await pane.sees(/2 ran\n.*\n\$$/))).toBe(`$ echo 2 >a; tsbuild build .
 => CACHED [1/3] FROM busybox
 => [2/3] COPY a /  T
 => => ran: a changed
 => [3/3] RUN cat /a  T
 => => ran: COPY a / changed
 => exporting to image store  T
[+] Built in T: no steps cached, 2 ran
    first ran [2/3] COPY a /: a changed
$`);
  });

  testPane('a terminal that becomes narrow and wide while a step runs keeps no half of a line', async () => {
    const dockerfile = 'FROM busybox\nRUN echo the first line that this step prints; echo second; sleep 6\n';
    await using pane = await openContext('resize', dockerfile, WIDE);
    await pane.enter('tsbuild build .');
    await pane.sees('=> => # second');
    await pane.resize(40, 24);
    // What tmux scrolls out of the screen when it breaks lines is beyond reach.
    expect(timeless(await pane.sees(/# the first line that this step …/))).toBe(`[+] Building T (1/2)
 => [2/2] RUN echo the first line …  T
 => => # the first line that this step …
 => => # second`);
    await pane.resize(70, 24);
    await pane.sees(/# the first line that this step prints\n/);
    expect(timeless(await pane.sees(PROMPT))).toBe(` => [2/2] RUN echo the first line that this step prints; echo se…  T
 => => ran: never built before
 => exporting to image store  T
[+] Built in T: no steps cached, 1 ran
    first ran [2/2] RUN echo the first line that this step prints; ech
o second; sleep 6: never built before
$`);
  });

  testPane('Ctrl-C leaves a screen in order, and says what was stopped', async () => {
    await using pane = await openContext('interrupt', 'FROM busybox\nRUN echo begun; sleep 60\n', WIDE);
    await pane.enter('tsbuild build .; echo status $?');
    await pane.sees('=> => # begun');
    await pane.press('C-c');
    expect(timeless(await pane.sees(PROMPT))).toBe(`$ tsbuild build .; echo status $?
 => CACHED [1/2] FROM busybox
 => CANCELED [2/2] RUN echo begun; sleep 60  T
[+] Stopped after T: no steps cached, none ran
error: interrupted by SIGINT (ERR_TSBUILD_INTERRUPTED)
status 130
$`);
    expect([await pane.ask('cursor_flag'), await pane.ask('wrap_flag')]).toEqual(['1', '1']);
  });

  testPane('after Ctrl-Z and fg the drawing goes on below what the shell wrote', async () => {
    await using pane = await openContext('stop', 'FROM busybox\nRUN echo begun; sleep 60\n', WIDE);
    await pane.enter('tsbuild build .');
    await pane.sees('=> => # begun');
    await pane.press('C-z');
    await pane.sees(/Stopped.*\n\$$/);
    await pane.enter('fg');
    expect(
      timeless(await pane.sees(/fg\n[\s\S]*=> => # begun$/)).replace(/ +tsbuild build \.\n\$/, ' …\n$'),
    ).toBe(`$ tsbuild build .
 => CACHED [1/2] FROM busybox
[1] + Stopped …
$ fg
tsbuild build .
[+] Building T (1/2)
 => [2/2] RUN echo begun; sleep 60  T
 => => # begun`);
    await pane.press('C-c');
    await pane.sees(PROMPT);
  });

  testPane('the targets of a bake stand side by side', async () => {
    const stages = ['web', 'worker'].map((name) => `FROM busybox AS ${name}\nRUN echo ${name}; sleep 60\n`);
    await using pane = await openContext('bake', stages.join(''), WIDE);
    const target = { web: { target: 'web' }, worker: { target: 'worker' } };
    await writeFile(`${folder.file('bake')}/docker-bake.json`, JSON.stringify({ target }));
    await pane.enter('tsbuild bake web worker');
    // Which of them begins first is not said.
    const sorted = (screen: string) => timeless(screen).split('\n').sort();
    expect(sorted(await pane.sees(/(?=[\s\S]*# web$)[\s\S]*# worker$/m))).toEqual([
      '  => [2/2] RUN echo web; sleep 60  T',
      '  => [2/2] RUN echo worker; sleep 60  T',
      ' => => # web',
      ' => => # worker',
      ' => CACHED [web web 1/2] FROM busybox',
      ' => CACHED [worker worker 1/2] FROM busybox',
      ' web web',
      ' worker worker',
      '$ tsbuild bake web worker',
      '[+] Building T (2/4)',
    ]);
    await pane.press('C-c');
    expect(sorted(await pane.sees(PROMPT))).toEqual([
      ' => CACHED [web web 1/2] FROM busybox',
      ' => CACHED [worker worker 1/2] FROM busybox',
      ' => CANCELED [web web 2/2] RUN echo web; sleep 60  T',
      ' => CANCELED [worker worker 2/2] RUN echo worker; sleep 60  T',
      '$',
      '$ tsbuild bake web worker',
      '[+] Stopped after T: no steps cached, none ran',
      'error: interrupted by SIGINT (ERR_TSBUILD_INTERRUPTED)',
    ]);
  });

  testPane('a failed build ends with the last output, the lines of the Dockerfile and the error', async () => {
    await using pane = await openContext('failure', 'FROM busybox\nRUN echo one; echo two >&2; exit 3\n', WIDE);
    await pane.enter('tsbuild build .');
    expect(timeless(await pane.sees(PROMPT))).toBe(`$ tsbuild build .
 => CACHED [1/2] FROM busybox
 => ERROR [2/2] RUN echo one; echo two >&2; exit 3  T
 => => process "/bin/sh -c echo one; echo two >&2; exit 3" did not complete successfully:…
[+] Failed after T: no steps cached, none ran
end of the output:
 | one
 | two
Dockerfile:2
   1 | FROM busybox
>> 2 | RUN echo one; echo two >&2; exit 3
error: process "/bin/sh -c echo one; echo two >&2; exit 3" did not complete successfully:
exit code: 3 (ERR_TSBUILD_EXEC)
$`);
  });

  testPane('output of any kind and wide characters stay in their place on a narrow screen', async () => {
    const output = String.raw`\033[2J\033[H\033[31mred\033[0m 漢字 ✅ 👍 é \033]0;t\007end of it all\n`;
    await using pane = await openContext('output', `FROM busybox\nRUN printf '${output}'; sleep 60 # 漢字\n`, NARROW);
    await pane.enter('tsbuild build .');
    expect(timeless(await pane.sees('# red'))).toBe(`$ tsbuild build .
 => CACHED [1/2] FROM busybox
[+] Building T (1/2)
 => [2/2] RUN printf '\\033[2J\\033[…  T
 => => # red 漢字 ✅ 👍 é end of it all`);
    await pane.press('C-c');
    await pane.sees(PROMPT);
  });

  testPane('stages at work are a tree, and more steps than rows are counted', async () => {
    const stages = ['a', 'b', 'c', 'd', 'e'].map((name) => `FROM busybox AS ${name}\nRUN echo ${name}; sleep 60\n`);
    const copies = ['a', 'b', 'c', 'd', 'e'].map((name) => `COPY --from=${name} / /${name}/\n`);
    await using pane = await openContext('stages', [...stages, 'FROM scratch\n', ...copies].join(''), WIDE);
    await pane.enter('tsbuild build .');
    const tree = timeless(await pane.sees(/# e$/));
    expect(tree.slice(tree.indexOf('[+]'))).toBe(`[+] Building T (5/15)
 a
  => [2/2] RUN echo a; sleep 60  T
 => => # a
 b
  => [2/2] RUN echo b; sleep 60  T
 => => # b
 c
  => [2/2] RUN echo c; sleep 60  T
 => => # c
 d
  => [2/2] RUN echo d; sleep 60  T
 => => # d
 e
  => [2/2] RUN echo e; sleep 60  T
 => => # e`);
    await pane.resize(60, 6);
    expect(timeless(await pane.sees('… 2 more'))).toBe(`[+] Building T (5/15)
 => [a 2/2] RUN echo a; sleep 60  T
 => [b 2/2] RUN echo b; sleep 60  T
 => [c 2/2] RUN echo c; sleep 60  T
 => … 2 more`);
    await pane.press('C-c');
    await pane.sees(PROMPT);
  });

  testPane('where drawings would be kept, in CI and dumb terminals, progress is plain', async () => {
    await using pane = await openContext('plain', 'FROM busybox\n', WIDE);
    for (const variable of ['CI=true', 'TERM=dumb', 'BUILDKIT_PROGRESS=plain']) {
      await pane.clear();
      await pane.enter(`${variable} tsbuild build .`);
      expect(timeless(await pane.sees(PROMPT))).toBe(`$ ${variable} tsbuild build .
#1 [1/1] FROM busybox
#1 CACHED

#2 exporting to image store
#2 DONE  T

[+] Built in T: no steps cached, none ran
$`);
    }
  });
});

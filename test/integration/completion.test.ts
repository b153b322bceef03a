import { mkdir, writeFile } from 'node:fs/promises';
import { createBuilder } from '@tsbuild/engine';
import { afterAll, beforeAll, describe } from 'vitest';
import { testWith } from '../support/parts.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { openPane, type Pane } from '../support/tmux.ts';

const SIZE = { columns: 100, rows: 40 };

/** What is typed before the key Tab, and what the line or the screen then says. */
const COMPLETED = [
  ['tsbuild comp', 'tsbuild completion'],
  ['tsbuild build --progress ra', 'tsbuild build --progress rawjson'],
  ['tsbuild build --progress=ra', 'tsbuild build --progress=rawjson'],
  ['tsbuild build --target te', 'tsbuild build --target testing'],
  ['tsbuild build --target=te', 'tsbuild build --target=testing'],
  ['tsbuild build -t a:b --iidf', 'tsbuild build -t a:b --iidfile'],
  ['tsbuild build -f Oth', 'tsbuild build -f Other\\ file'],
  ['tsbuild build -f Other\\ file --target o', 'tsbuild build -f Other\\ file --target other'],
  ['tsbuild build fol', 'tsbuild build folder/'],
  ['tsbuild image hist', 'tsbuild image history'],
  ['tsbuild bake wor', 'tsbuild bake worker'],
  ['tsbuild rmi we', 'tsbuild rmi web:1'],
  ['tsbuild inspect registry.example:5000/te', 'tsbuild inspect registry.example:5000/team/app:2'],
  ['tsbuild run web:', 'tsbuild run web:1'],
] as const;

describe('completion', () => {
  let folder: TempFolder;
  beforeAll(async () => {
    folder = await openTempFolder();
    await mkdir(folder.file('folder'));
    await writeFile(folder.file('Dockerfile'), 'FROM scratch AS testing\nFROM scratch\n');
    await writeFile(folder.file('Other file'), 'FROM scratch AS other\n');
    await writeFile(folder.file('compose.yaml'), 'services:\n  server: { build: . }\n  worker: { build: . }\n');
    await using builder = await createBuilder({ root: folder.file('store') });
    const tags = ['web:1', 'registry.example:5000/team/app:2'];
    await builder.build({ context: { files: {} }, dockerfile: 'FROM scratch\nENV A=1\n', tags });
  });
  afterAll(() => folder[Symbol.asyncDispose]());

  async function openShell(...lines: string[]): Promise<Pane> {
    const pane = await openPane({ ...SIZE, cwd: folder.path });
    for (const line of lines) await pane.enter(line);
    await pane.enter('export TSBUILD_ROOT=$PWD/store');
    await pane.enter('clear; echo ready');
    await pane.sees(/^ready\n/);
    return pane;
  }

  async function completes(pane: Pane): Promise<void> {
    for (const [typed, line] of COMPLETED) {
      await pane.type(typed);
      await pane.press('Tab');
      await pane.sees(`$ ${line}`);
      await pane.press('C-u'); // a signal would come while the shell still completes
    }
    await pane.type('tsbuild store ');
    await pane.press('Tab');
    await pane.press('Tab');
    await pane.sees(/\b(rm\s+verify|verify\s+rm)\b/);
  }

  testWith('tmux', 'bash')('bash completes what is typed', async () => {
    await using pane = await openShell("PS1='$ ' exec bash --norc", 'source <(tsbuild completion bash)');
    await completes(pane);
  });

  testWith('tmux', 'zsh')('zsh completes what is typed', async () => {
    await using pane = await openShell(
      "PS1='$ ' exec zsh -f",
      'autoload -U compinit; compinit -D -u',
      'source <(tsbuild completion zsh)',
    );
    await completes(pane);
  });

  testWith('tmux', 'fish')('fish completes what is typed', async () => {
    await using pane = await openShell(
      'exec fish --no-config',
      'tsbuild completion fish | source',
      "function fish_prompt; echo '$ '; end",
    );
    for (const [typed, line] of COMPLETED) {
      await pane.enter(`clear; complete -C '${typed.replaceAll('\\', '\\\\')}'`);
      const last =
        line
          .trimEnd()
          .split(/(?<!\\) /)
          .at(-1) ?? '';
      await pane.sees(new RegExp(`^${last.replaceAll('\\', '')}(\\s|$)`, 'm'));
    }
  });
});

import { chmod, writeFile } from 'node:fs/promises';
import { mustRun, runCommand } from './command.ts';
import { openTempFolder } from './temp-folder.ts';
import { TSBUILD_COMMAND } from './tsbuild.ts';
import { waitFor } from './wait-for.ts';

/** A shell in a terminal whose screen can be read. Its prompt is `$ `, and `tsbuild` is the built command. */
export interface Pane extends AsyncDisposable {
  /** What the screen shows, without empty lines at its end. */
  screen(): Promise<string>;
  /** Waits until the screen shows it, and returns the screen. */
  sees(what: string | RegExp): Promise<string>;
  /** Leaves nothing on the screen but a prompt. */
  clear(): Promise<void>;
  enter(line: string): Promise<void>;
  /** Types without ending the line. */
  type(text: string): Promise<void>;
  /** A key by its name in tmux: `C-c`. */
  press(key: string): Promise<void>;
  resize(columns: number, rows: number): Promise<void>;
  /** A variable of tmux: `cursor_flag` is 1 while the cursor is shown. */
  ask(variable: string): Promise<string>;
}

export interface PaneOptions {
  readonly columns: number;
  readonly rows: number;
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Opens a pane of a tmux server of its own. Needs the part `tmux`. */
export async function openPane({ columns, rows, cwd, env = {} }: PaneOptions): Promise<Pane> {
  const folder = await openTempFolder();
  await writeFile(folder.file('tsbuild'), `#!/bin/sh\nexec ${process.execPath} ${TSBUILD_COMMAND} "$@"\n`);
  await chmod(folder.file('tsbuild'), 0o755);
  await writeFile(folder.file('profile'), "PS1='$ '\n");
  const path = `${folder.path}:${process.env.PATH}`;
  const surroundings = { CI: '', TMUX: '', LC_ALL: 'C.UTF-8', ENV: folder.file('profile'), PATH: path };
  const tmux = (...args: string[]) =>
    mustRun(['tmux', '-u', '-f', '/dev/null', '-S', folder.file('socket'), ...args], {
      env: { ...surroundings, ...env },
    });
  await tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), '-c', cwd, '/bin/sh');

  const screen = async () => (await tmux('capture-pane', '-p')).replace(/[ \n]+$/, '');
  const shows = (text: string, what: string | RegExp) =>
    typeof what === 'string' ? text.includes(what) : what.test(text);
  // What is typed before the shell has said that it is ready stands above its prompt.
  await waitFor('a prompt', async () => ((await screen()) === '$' ? true : undefined));
  return {
    screen,
    sees: (what) =>
      waitFor(`${String(what)} on the screen`, async () => {
        const text = await screen();
        if (!shows(text, what)) throw new Error(`it shows:\n${text}`);
        return text;
      }),
    async clear() {
      await tmux('send-keys', '-l', 'clear');
      await tmux('send-keys', 'Enter');
      await waitFor('an empty screen', async () => ((await screen()) === '$' ? true : undefined));
    },
    async enter(line) {
      await tmux('send-keys', '-l', line);
      await tmux('send-keys', 'Enter');
    },
    type: async (text) => void (await tmux('send-keys', '-l', text)),
    press: async (key) => void (await tmux('send-keys', key)),
    resize: async (x, y) => void (await tmux('resize-window', '-x', String(x), '-y', String(y))),
    ask: async (variable) => (await tmux('display-message', '-p', `#{${variable}}`)).trim(),
    async [Symbol.asyncDispose]() {
      await runCommand(['tmux', '-S', folder.file('socket'), 'kill-server']);
      await folder[Symbol.asyncDispose]();
    },
  };
}

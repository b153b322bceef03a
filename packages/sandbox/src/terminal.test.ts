import { readdirSync, readFileSync } from 'node:fs';
import type { RunningCommand } from '@tsbuild/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needsRoot, SandboxFixture } from '../test/fixture.ts';

/** A person at a terminal: types each text when what is before it was seen. */
class Person {
  shown = '';
  readonly #script: (readonly [seen: string, typed: string])[];
  #wake: () => void = () => undefined;

  constructor(...script: (readonly [seen: string, typed: string])[]) {
    this.#script = script;
  }

  see(bytes: Uint8Array): void {
    this.shown += Buffer.from(bytes).toString();
    this.#wake();
  }

  async *type(): AsyncGenerator<Uint8Array> {
    let from = 0;
    for (const [seen, typed] of this.#script) {
      while (!this.shown.includes(seen, from)) await new Promise<void>((resolve) => (this.#wake = resolve));
      from = this.shown.indexOf(seen, from) + seen.length;
      yield Buffer.from(typed);
    }
    await new Promise(() => undefined);
  }
}

/** Numbers of processes that have `argument`. */
function processesOf(argument: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(argument);
    } catch {
      return false; // it has ended
    }
  });
}

describe.skipIf(needsRoot !== '').each(['root', 'chroot'] as const)(
  `the terminal of a command, tier %s${needsRoot}`,
  (tier) => {
    let sandbox: SandboxFixture;
    beforeAll(async () => {
      sandbox = await SandboxFixture.create({ tier });
    });
    afterAll(async () => {
      await sandbox[Symbol.asyncDispose]();
    });

    async function run(command: string, person: Person, onStart: (running: RunningCommand) => void = () => undefined) {
      const { exitCode } = await sandbox.run(command, {
        request: {
          terminal: { columns: 81, rows: 27 },
          stdin: person.type(),
          onStart,
          onOutput: (_, bytes) => person.see(bytes),
        },
      });
      return { exitCode, shown: person.shown };
    }

    test('has a size, is on every stream, and echoes', async () => {
      const person = new Person(['ready', 'hello\n']);
      const command =
        'test -t 0 && test -t 1 && test -t 2 && stty size && echo ready; read -r line; echo "<$line>"; exit 4';
      expect(await run(command, person)).toEqual({
        exitCode: 4,
        shown: '27 81\r\nready\r\nhello\r\n<hello>\r\n',
      });
    });

    test('has job control: Ctrl-C ends what is in the foreground, and the shell goes on', async () => {
      const person = new Person(
        // What says so is in the foreground already.
        ['# ', `sh -c 'echo s"tart"; exec sleep 1000'\n`],
        ['start', '\x03'],
        ['# ', 'echo still "here"\n'],
        ['still here', 'exit 5\n'],
      );
      const { exitCode, shown } = await run('exec sh -i', person);
      expect(exitCode).toBe(5);
      expect(shown).not.toContain('job control');
      expect(shown).toContain('^C');
      expect(shown).toContain('still here\r\n');
    });

    test('is told of a new size', async () => {
      let running: RunningCommand | undefined;
      const person = new Person(['up', '']);
      const seen = person.see.bind(person);
      person.see = (bytes) => {
        seen(bytes);
        if (person.shown.endsWith('up\r\n')) running?.resize({ columns: 132, rows: 43 });
      };
      const command = 'trap "stty size; exit" WINCH; echo up; while :; do sleep 0.05; done';
      expect((await run(command, person, (started) => (running = started))).shown).toBe('up\r\n43 132\r\n');
    });

    test('ends its input with Ctrl-D', async () => {
      async function* text() {
        yield Buffer.from('line\n');
      }
      const { stdout } = await sandbox.run('cat; echo end', {
        request: { terminal: { columns: 80, rows: 24 }, stdin: text() },
      });
      expect(stdout).toBe('line\r\nline\r\nend\r\n');
    });

    test('shows everything, in any bytes', async () => {
      const { stdout } = await sandbox.run('stty raw; seq 1 20000; printf "\\377" | od -An -tx1', {
        request: { terminal: { columns: 80, rows: 24 } },
      });
      expect(stdout).toBe(`${Array.from({ length: 20000 }, (_, at) => `${at + 1}\n`).join('')} ff\n`);
    });

    test('loses nothing that was printed last, and leaves no process', async () => {
      const command = 'seq 1 3000; echo the end';
      for (let round = 0; round < 8; round += 1) {
        const { stdout } = await sandbox.run(command, { request: { terminal: { columns: 80, rows: 24 } } });
        expect(stdout).toBe(`${Array.from({ length: 3000 }, (_, at) => `${at + 1}\r\n`).join('')}the end\r\n`);
      }
      await expect.poll(() => processesOf(command), { timeout: 20_000 }).toEqual([]);
    });

    // Without mounts there is no devpts of the root's own to name it in.
    const named = tier === 'chroot' ? () => undefined : test;
    named('has a name, and belongs to the user', async () => {
      const { stdout } = await sandbox.run('tty; stat -c %u "$(tty)"; echo x > /dev/tty', {
        process: { user: 'app' },
        request: { terminal: { columns: 80, rows: 24 } },
      });
      expect(stdout).toBe('/dev/pts/0\r\n1200\r\nx\r\n');
    });
  },
);

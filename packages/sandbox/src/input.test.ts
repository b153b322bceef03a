import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needsRoot, SandboxFixture } from '../test/fixture.ts';

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

async function* forever(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('first\n');
  await new Promise(() => undefined);
}

describe.skipIf(needsRoot !== '')(`what a command reads${needsRoot}`, () => {
  let sandbox: SandboxFixture;
  beforeAll(async () => {
    sandbox = await SandboxFixture.create();
  });
  afterAll(async () => {
    await sandbox[Symbol.asyncDispose]();
  });

  test('comes in order and has an end', async () => {
    const { stdout } = await sandbox.run(['cat'], { request: { stdin: pieces('one\n', '', 'two\n') } });
    expect(stdout).toBe('one\ntwo\n');
  });

  test('is any bytes', async () => {
    const bytes = Buffer.from([0, 255, 128, 10, 13]);
    async function* raw() {
      yield bytes;
    }
    const { stdout } = await sandbox.run('od -An -tx1', { request: { stdin: raw() } });
    expect(stdout).toBe(' 00 ff 80 0a 0d\n');
  });

  test('is taken no faster than the command reads', async () => {
    let sent = 0;
    async function* much() {
      for (;;) {
        sent += 100_000;
        yield Buffer.alloc(100_000);
      }
    }
    const { stdout } = await sandbox.run('head -c 10 | wc -c; sleep 0.3', { request: { stdin: much() } });
    expect(stdout).toBe('10\n');
    expect(sent).toBeLessThan(1_000_000);
  });

  test('does not keep a command from ending', async () => {
    const { stdout, exitCode } = await sandbox.run('read -r line; echo "got $line"; exit 3', {
      request: { stdin: forever() },
    });
    expect({ stdout, exitCode }).toEqual({ stdout: 'got first\n', exitCode: 3 });
  });

  test('that fails ends the command, and the error is thrown', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('x');
      throw new Error('the source broke');
    }
    await expect(sandbox.run('cat; sleep 100', { request: { stdin: broken() } })).rejects.toThrow('the source broke');
  });

  test('belongs to the user, who may open it again', async () => {
    const { stdout } = await sandbox.run('cat /dev/stdin', {
      process: { user: 'app' },
      request: { stdin: pieces('mine') },
    });
    expect(stdout).toBe('mine');
  });

  test('signals reach the first process', async () => {
    let signal: (number: number) => void = () => undefined;
    const { stdout, exitCode } = await sandbox.run(
      'trap "echo caught; exit 7" USR1; echo up; while :; do sleep 0.05; done',
      {
        request: {
          onStart: (command) => {
            signal = command.signal;
          },
          onOutput: (_, bytes) => {
            if (Buffer.from(bytes).toString() === 'up\n') signal(10);
          },
        },
      },
    );
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 7 });
  });

  test('without a place for a layer nothing is kept', async () => {
    const { exitCode, layer } = await sandbox.run('echo x > /f', { request: { createIngest: undefined } });
    expect({ exitCode, layer }).toEqual({ exitCode: 0, layer: undefined });
  });
});

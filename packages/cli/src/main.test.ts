import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

function start(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: 'pipe' });
  const exited = once(child, 'close').then(([status, signal]) => ({ status, signal }));
  return { child, exited, stderr: text(child.stderr) };
}

test('wrong usage ends with status 2, the reason on standard error and nothing on standard output', async () => {
  const { child, exited, stderr } = start('build', '--print=outline', '.');
  const stdout = text(child.stdout);
  expect(await exited).toEqual({ status: 2, signal: null });
  expect(await stdout).toBe('');
  expect(await stderr).toBe(`error: --print is not supported: --call has taken its place (ERR_TSBUILD_UNSUPPORTED_FLAG)
hint: use --call
`);
});

test('a reader that goes away is no error', async () => {
  const { child, exited, stderr } = start('build', '--help');
  child.stdout.destroy();
  expect(await exited).toEqual({ status: 0, signal: null });
  expect(await stderr).toBe('');
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends what is waited for, with status 130', async (signal) => {
  const { child, exited, stderr } = start('build', '-f', '-', '.');
  await writeUntilRead(child.stdin);
  child.kill(signal);
  expect(await exited).toEqual({ status: 130, signal: null });
  expect(await stderr).toBe(`error: interrupted by ${signal} (ERR_TSBUILD_INTERRUPTED)\n`);
});

/** More than any pipe holds: when it is written, the command has begun to read. */
async function writeUntilRead(stdin: NodeJS.WritableStream): Promise<void> {
  await new Promise((resolve) => stdin.write(Buffer.alloc(4 * 1024 * 1024, '#'), resolve));
}

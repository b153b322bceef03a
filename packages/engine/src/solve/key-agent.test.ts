import { existsSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect } from 'vitest';
import { mustRun, runCommand } from '../../../../test/support/command.ts';
import { testWith } from '../../../../test/support/parts.ts';
import { openTempFolder } from '../../../../test/support/temp-folder.ts';
import { startKeyAgent } from './key-agent.ts';

async function makeKey(path: string, type: string, passphrase = ''): Promise<string> {
  await mustRun(['ssh-keygen', '-q', '-t', type, '-N', passphrase, '-C', `key of ${type}`, '-f', path]);
  await chmod(path, 0o644); // as a checkout leaves it
  return path;
}

testWith('ssh-agent', 'ssh-keygen')('an agent has the keys of files, and is gone with its end', async () => {
  await using folder = await openTempFolder();
  const keys = [await makeKey(folder.file('a b'), 'ed25519'), await makeKey(folder.file('c'), 'ecdsa')];
  const agent = await startKeyAgent('default', keys);
  const listed = await mustRun(['ssh-add', '-l'], { env: { SSH_AUTH_SOCK: agent.socket } });

  await agent[Symbol.asyncDispose]();

  expect(listed.split('\n').map((line) => line.replace(/^.*(?=key of)/, ''))).toEqual([
    'key of ed25519 (ED25519)',
    'key of ecdsa (ECDSA)',
    '',
  ]);
  expect(existsSync(dirname(agent.socket))).toBe(false);
  const asked = await runCommand(['ssh-add', '-l'], { env: { SSH_AUTH_SOCK: agent.socket } });
  expect(asked.exitCode).toBe(2);
});

testWith('ssh-agent', 'ssh-keygen')('a key with a passphrase, or no key, is refused by name', async () => {
  await using folder = await openTempFolder();
  const locked = await makeKey(folder.file('locked'), 'ed25519', 'secret');
  await expect(startKeyAgent('x', [locked])).rejects.toMatchObject({
    code: 'ERR_TSBUILD_USAGE',
    message: expect.stringContaining(`--ssh x=${locked} cannot be used: `),
    hint: 'give a private key without a passphrase, or the socket of an agent that has it',
  });
  await expect(startKeyAgent('x', [`${locked}.pub`])).rejects.toThrow('Error loading key');
  await expect(startKeyAgent('x', [folder.file('none')])).rejects.toThrow('none');
  expect((await runCommand(['pgrep', '-f', locked])).stdout).toBe('');
});

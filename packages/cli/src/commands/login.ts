import { UsageError } from '@tsbuild/core';
import type { Command, Surroundings } from '../command.ts';
import type { Flag } from '../flags/flag.ts';
import { ask, askSecret } from '../login/ask.ts';
import { readSecret } from '../login/read-secret.ts';
import { print } from '../print.ts';

const FLAGS = [
  {
    name: 'password',
    short: 'p',
    kind: 'string',
    placeholder: 'TEXT',
    origin: 'docker',
    status: 'supported',
    help: 'password or token; everybody on the machine can read it while the command runs',
  },
  {
    name: 'password-stdin',
    kind: 'bool',
    origin: 'docker',
    status: 'supported',
    help: 'read the password from standard input',
  },
  {
    name: 'username',
    short: 'u',
    kind: 'string',
    placeholder: 'NAME',
    origin: 'docker',
    status: 'supported',
    help: 'account',
  },
] as const satisfies readonly Flag[];

export const loginCommand = {
  usage: '[OPTIONS] [SERVER]',
  summary: 'Log in to a registry, Docker Hub without SERVER',
  flags: FLAGS,
  async run({ values, positionals, surroundings, signal }) {
    const [server, ...more] = positionals;
    if (more.length > 0) throw new UsageError('tsbuild login takes at most one argument, SERVER');
    const { stderr, env } = surroundings;
    const request = {
      username: values.text('username'),
      password: values.text('password'),
      fromStdin: values.bool('password-stdin'),
    };
    checkRequest(request);
    if (request.password !== undefined)
      await print(stderr, 'WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n');
    const { checkLogin, login } = await import('@tsbuild/engine');
    const isBare = request.username === undefined && request.password === undefined;
    if (isBare && (await checkLogin({ server, env, signal }).catch(() => false))) return SUCCEEDED;
    const account = await readAccount(request, surroundings, signal);
    const { path, helper } = await login(account, { server, env, signal });
    if (helper === undefined)
      await print(
        stderr,
        `WARNING! Your credentials are stored unencrypted in ${path}; a credential helper keeps them safe.\n`,
      );
    return SUCCEEDED;
  },
} satisfies Command<(typeof FLAGS)[number]['name']>;

const SUCCEEDED = { exitCode: 0, stdout: 'Login Succeeded\n' };

interface LoginRequest {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly fromStdin: boolean;
}

function checkRequest({ username, password, fromStdin }: LoginRequest): void {
  if (fromStdin && password !== undefined)
    throw new UsageError('--password and --password-stdin are mutually exclusive');
  if (fromStdin && (username ?? '') === '') throw new UsageError('must provide --username with --password-stdin');
}

async function readAccount(
  { username, password, fromStdin }: LoginRequest,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<{ readonly username: string; readonly password: string }> {
  const name = username ?? (await ask('Username: ', surroundings, signal));
  const secret =
    password ??
    (fromStdin ? await readSecret(surroundings.stdin, signal) : await askSecret('Password: ', surroundings, signal));
  if (name === '') throw new UsageError('a username is required');
  if (secret === '') throw new UsageError('a password is required');
  return { username: name, password: secret };
}

import { homedir } from 'node:os';
import { join } from 'node:path';
import { type AuthFile, parseAuthFile, readAuthFile } from './auth-file.ts';
import type { Credential, CredentialSource } from './credentials.ts';
import { askHelper } from './helper.ts';

/** Where the files with logins are looked up. */
export interface SystemCredentialsOptions {
  /** @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Credentials as Docker and podman keep them: `DOCKER_AUTH_CONFIG`, `REGISTRY_AUTH_FILE`, Docker's `config.json` with
 * its helpers, podman's `auth.json`, in this order. Files are read anew at each question, so a login counts at once.
 */
export function systemCredentials({ env = process.env }: SystemCredentialsOptions = {}): CredentialSource {
  return async ({ registry, repository, signal }) => {
    for (const file of authFiles(env)) {
      const found = await credentialFrom(await file(), registry, repository, signal);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

function authFiles(env: Readonly<Record<string, string | undefined>>): (() => Promise<AuthFile>)[] {
  const home = env.HOME ?? homedir();
  const inline = env.DOCKER_AUTH_CONFIG;
  const paths = [
    env.REGISTRY_AUTH_FILE,
    join(env.DOCKER_CONFIG ?? join(home, '.docker'), 'config.json'),
    env.XDG_RUNTIME_DIR === undefined ? undefined : join(env.XDG_RUNTIME_DIR, 'containers', 'auth.json'),
    join(env.XDG_CONFIG_HOME ?? join(home, '.config'), 'containers', 'auth.json'),
  ];
  const files = paths.flatMap((path) => (path === undefined || path === '' ? [] : [() => readAuthFile(path)]));
  return inline === undefined ? files : [async () => parseAuthFile(inline, 'DOCKER_AUTH_CONFIG'), ...files];
}

async function credentialFrom(
  { auths, credHelpers, credsStore }: AuthFile,
  registry: string,
  repository: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Credential | undefined> {
  const helper = credHelpers.get(registry) ?? credsStore;
  const fromHelper = helper === undefined ? undefined : await askHelper(helper, registry, signal);
  if (fromHelper !== undefined) return fromHelper;
  // podman's entries may be for one repository or for a folder of them: the longest name wins.
  const names = repository === undefined ? [registry] : namesOf(`${registry}/${repository}`);
  return names.map((name) => auths.get(name)).find((credential) => credential !== undefined);
}

function namesOf(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, parts.length - index).join('/'));
}

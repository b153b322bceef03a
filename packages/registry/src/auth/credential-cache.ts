import type { Credential, CredentialRequest, CredentialSource } from '../credentials/credentials.ts';
import type { Secrets } from './secrets.ts';
import { basicAuthorization } from './token.ts';

/** Remembers what the source said, for asking may mean to run a program. A failure is not remembered. */
export interface CredentialCache {
  get(request: CredentialRequest): Promise<Credential | undefined>;
  /** Asks anew the next time. */
  forget(request: CredentialRequest): void;
}

export function createCredentialCache(source: CredentialSource, secrets: Secrets): CredentialCache {
  const known = new Map<string, Promise<Credential | undefined>>();
  const keyOf = ({ repository, actions }: CredentialRequest): string => JSON.stringify([repository, actions]);
  return {
    get(request) {
      const key = keyOf(request);
      const cached = known.get(key);
      if (cached !== undefined) return cached;
      const credential = ask(source, request, secrets);
      known.set(key, credential);
      credential.catch(() => known.delete(key));
      return credential;
    },
    forget(request) {
      known.delete(keyOf(request));
    },
  };
}

async function ask(
  source: CredentialSource,
  request: CredentialRequest,
  secrets: Secrets,
): Promise<Credential | undefined> {
  const credential = await source(request);
  if (credential === undefined) return undefined;
  if ('username' in credential) secrets.add(credential.password, basicAuthorization(credential).slice('Basic '.length));
  if ('identityToken' in credential) secrets.add(credential.identityToken);
  if ('registryToken' in credential) secrets.add(credential.registryToken);
  return credential;
}

import { abortable } from '../abortable.ts';
import { covers, type Scope } from './scope.ts';
import type { Token } from './token.ts';

/** Tokens are given up this long before they expire, so that none expires on its way. */
const EXPIRY_MARGIN = 10_000;

/** Tokens by what they allow. Whoever wants the same at the same time waits for the same token. */
export interface TokenCache {
  /** A token that covers all of `scopes`: one that is at hand, or else what `fetch` gets. */
  get(scopes: readonly Scope[], signal: AbortSignal | undefined, fetch: () => Promise<Token>): Promise<string>;
  forget(token: string): void;
}

interface Entry {
  readonly scopes: readonly Scope[];
  readonly token: Promise<Token>;
  /** Of the token, once it has come. */
  value?: string;
}

export function createTokenCache(): TokenCache {
  const entries = new Set<Entry>();

  const add = (scopes: readonly Scope[], token: Promise<Token>): void => {
    const entry: Entry = { scopes, token };
    entries.add(entry);
    token.then(
      ({ value }) => {
        entry.value = value;
      },
      () => entries.delete(entry),
    );
  };
  return {
    async get(scopes, signal, fetch) {
      const known = [...entries].find((entry) => scopes.every((scope) => covers(entry.scopes, scope)));
      if (known !== undefined) {
        const token = await abortable(known.token, signal);
        if (token.expiresAt - EXPIRY_MARGIN > Date.now()) return token.value;
        entries.delete(known);
      }
      const token = fetch();
      add(scopes, token);
      return (await abortable(token, signal)).value;
    },
    forget(token) {
      for (const entry of entries) if (entry.value === token) entries.delete(entry);
    },
  };
}

/** Shorter secrets are left alone: taking them out would mangle every text. */
const SHORTEST = 4;

/** Remembers what must never be shown. */
export interface Secrets {
  add(...secrets: readonly string[]): void;
  redact(text: string): string;
}

export function createSecrets(): Secrets {
  const known = new Set<string>();
  return {
    add(...secrets) {
      for (const secret of secrets) if (secret.length >= SHORTEST) known.add(secret);
    },
    redact(text) {
      let redacted = text;
      for (const secret of known) redacted = redacted.replaceAll(secret, '***');
      return redacted;
    },
  };
}

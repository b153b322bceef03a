import type { LintRule } from '../rule.ts';

export const secretsUsedInArgOrEnv: LintRule = {
  name: 'SecretsUsedInArgOrEnv',
  description: 'Sensitive data should not be used in the ARG or ENV commands',
  url: 'https://docs.docker.com/go/dockerfile/rule/secrets-used-in-arg-or-env/',
  check({ stages }, report) {
    for (const { instruction, values } of stages.flatMap(({ steps }) => steps)) {
      if (instruction.kind !== 'ARG' && instruction.kind !== 'ENV') continue;
      for (const name of values.filter(isSecretName)) {
        const shown = `${instruction.kind} ${JSON.stringify(name)}`;
        report(instruction, `Do not use ARG or ENV instructions for sensitive data (${shown})`);
      }
    }
  },
};

/** Words of a name, between underscores, that hint at a secret, and words that take that back. */
const SECRET = /(?:_|^)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)/i;
const HARMLESS = /(?:_|^)(?:public|file|version)(?:_|$)/i;

function isSecretName(name: string): boolean {
  return SECRET.test(name) && !HARMLESS.test(name);
}

import { afterAll, beforeAll, describe, test } from 'vitest';
import { needsRoot, SandboxFixture } from './fixture.ts';

/** A file of its own for each way out: `attempt` must find it closed. */
export function describeEscape(name: string, attempts: Readonly<Record<string, Attempt>>): void {
  describe.skipIf(needsRoot !== '')(`escaping by ${name}${needsRoot}`, () => {
    let sandbox: SandboxFixture;
    beforeAll(async () => {
      sandbox = await SandboxFixture.create();
    });
    afterAll(async () => {
      await sandbox[Symbol.asyncDispose]();
    });
    for (const [title, attempt] of Object.entries(attempts)) {
      test(title, async () => attempt(sandbox));
    }
  });
}

export type Attempt = (sandbox: SandboxFixture) => Promise<void>;

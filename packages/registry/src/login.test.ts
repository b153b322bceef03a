import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { createRegistryClient } from './client.ts';
import { startRegistry } from './server/registry.ts';

const USER = { username: 'user', password: 'secret-word' };

test.each(['basic', 'bearer'] as const)(
  'a registry with %s access says whether it takes a credential',
  async (type) => {
    await using registry = await startRegistry({ auth: { type, ...USER } });
    await using client = createRegistryClient({ env: {}, credentials: () => USER });
    await using wrong = createRegistryClient({ env: {}, credentials: () => ({ ...USER, password: 'wrong-word' }) });
    await using nobody = createRegistryClient({ env: {}, credentials: () => undefined });

    await client.check(registry.host);
    const refused: unknown = await wrong.check(registry.host).catch((error: unknown) => error);
    const anonymous: unknown = await nobody.check(registry.host).catch((error: unknown) => error);

    expect(refused).toMatchObject({ code: 'ERR_TSBUILD_REGISTRY_DENIED' });
    expect(inspect(refused, { depth: 9 })).not.toContain('wrong-word');
    expect(anonymous).toMatchObject({ code: 'ERR_TSBUILD_REGISTRY_DENIED' });
  },
);

test('a registry that asks nobody takes anybody', async () => {
  await using registry = await startRegistry();
  await using client = createRegistryClient({ env: {}, credentials: () => USER });

  await client.check(registry.host);
});

import { parseReference } from '@tsbuild/core';
import { describe, test } from 'vitest';
import { type OpenRegistry, repositoryContract } from '../../../test/support/registry/repository-contract.ts';
import { openTempFolder } from '../../../test/support/temp-folder.ts';
import { createRegistryClient } from './client.ts';
import type { RegistryClientOptions } from './options.ts';
import type { RegistryServerOptions } from './server/options.ts';
import { startRegistry } from './server/registry.ts';

async function open(server: RegistryServerOptions, client: RegistryClientOptions = {}): Promise<OpenRegistry> {
  const registry = await startRegistry(server);
  const connected = createRegistryClient({ env: {}, retry: { attempts: 3, baseDelay: 1 }, ...client });
  return {
    repository: (name) => connected.repository(parseReference(`${registry.host}/${name}`)),
    async [Symbol.asyncDispose]() {
      await connected[Symbol.asyncDispose]();
      await registry.close();
    },
  };
}

const user = { username: 'user', password: 'secret-word' };

describe('with content in memory', () => repositoryContract(test, () => open({})));
describe('with content in a folder', () =>
  repositoryContract(test, async () => {
    const folder = await openTempFolder();
    const registry = await open({ storage: folder.path });
    return {
      repository: registry.repository,
      async [Symbol.asyncDispose]() {
        await registry[Symbol.asyncDispose]();
        await folder[Symbol.asyncDispose]();
      },
    };
  }));
describe('with uploads in chunks', () => repositoryContract(test, () => open({}, { uploadChunkBytes: 1_000_000 })));
describe('with chunks as large as the registry asks for', () =>
  repositoryContract(test, () => open({ minChunkBytes: 2_000_000 }, { uploadChunkBytes: 1000 })));
describe('without a referrers API', () => repositoryContract(test, () => open({ referrersApi: false })));
describe('with basic access', () =>
  repositoryContract(test, () => open({ auth: { type: 'basic', ...user } }, { credentials: () => user })));
describe('with bearer tokens', () =>
  repositoryContract(test, () => open({ auth: { type: 'bearer', ...user } }, { credentials: () => user })));
describe('with bearer tokens for anybody', () =>
  repositoryContract(test, () => open({ auth: { type: 'bearer' } }, { credentials: () => undefined })));
describe('with an identity token', () =>
  repositoryContract(test, () =>
    open(
      { auth: { type: 'bearer', identityToken: 'refresh-me' } },
      { credentials: () => ({ identityToken: 'refresh-me' }) },
    ),
  ));

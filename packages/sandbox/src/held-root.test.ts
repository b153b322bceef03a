import type { ExecRequest, FailedRoot, Ingest } from '@tsbuild/core';
import { digestOf } from '@tsbuild/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { needsRoot, SandboxFixture } from '../test/fixture.ts';

const PROCESS = { env: { PATH: '/bin' }, cwd: '/', user: '', network: 'host' } as const;

async function runIn(root: FailedRoot, command: string, more: Partial<ExecRequest> = {}): Promise<string> {
  let text = '';
  const { exitCode } = await root.run({
    process: { ...PROCESS, args: ['/bin/sh', '-c', command] },
    onOutput: (_, bytes) => {
      text += Buffer.from(bytes).toString();
    },
    ...more,
  });
  return `${exitCode} ${text}`;
}

function memoryIngest(): Ingest & { readonly size: number } {
  const parts: Buffer[] = [];
  return {
    write: (bytes) => void parts.push(Buffer.from(bytes)),
    commit: async () => ({ digest: digestOf(Buffer.concat(parts)), size: Buffer.concat(parts).length }),
    get size() {
      return Buffer.concat(parts).length;
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

describe.skipIf(needsRoot !== '').each(['root', 'chroot'] as const)(
  `the root of a failed command, tier %s${needsRoot}`,
  (tier) => {
    let sandbox: SandboxFixture;
    beforeAll(async () => {
      sandbox = await SandboxFixture.create({ tier });
    });
    afterAll(async () => {
      await sandbox[Symbol.asyncDispose]();
    });

    test('is as the command left it, has its mounts, and keeps what is written', async () => {
      const seen: string[] = [];
      const { exitCode } = await sandbox.run('echo half > /f; exit 3', {
        mounts: [{ kind: 'file', target: '/script', data: Buffer.from('of the step\n'), mode: 0o755 }],
        request: {
          onFailure: async (root) => {
            seen.push(await runIn(root, 'cat /f /script; echo more >> /f'));
            seen.push(await runIn(root, 'cat /f; exit 4'));
          },
        },
      });
      expect(exitCode).toBe(3);
      expect(seen).toEqual(['0 half\nof the step\n', '4 half\nmore\n']);
    });

    test('serves requests one after the other, packs between them, and is usable afterwards', async () => {
      const seen: string[] = [];
      await sandbox.run('echo 1 > /f; false', {
        request: {
          onFailure: async (root) => {
            const [first, layer, second] = await Promise.all([
              runIn(root, 'sleep 0.1; echo 2 >> /f'),
              root.pack(memoryIngest()),
              runIn(root, 'cat /f'),
            ]);
            seen.push(first, String(layer.size > 0), second);
          },
        },
      });
      expect(seen).toEqual(['0 ', 'true', '0 1\n2\n']);
    });

    test('is gone when the callback has ended', async () => {
      let kept: FailedRoot | undefined;
      await sandbox.run('false', {
        request: {
          onFailure: async (root) => {
            kept = root;
          },
        },
      });
      await expect(kept?.pack(memoryIngest())).rejects.toThrow('the root of a failed step is gone');
    });

    test('what still runs in it when the callback ends is ended', async () => {
      let left: Promise<string> | undefined;
      await sandbox.run('false', {
        request: {
          onFailure: async (root) => {
            left = runIn(root, 'sleep 98711');
            left.catch(() => undefined);
            await new Promise((resolve) => setTimeout(resolve, 200));
          },
        },
      });
      await expect(left).rejects.toThrow('the root of a failed step is gone');
    });

    test('a signal ends a command in it, and no more', async () => {
      const seen: string[] = [];
      await sandbox.run('false', {
        request: {
          onFailure: async (root) => {
            await expect(runIn(root, 'sleep 98712', { signal: AbortSignal.timeout(200) })).rejects.toThrow('timeout');
            seen.push(await runIn(root, 'echo fine'));
          },
        },
      });
      expect(seen).toEqual(['0 fine\n']);
    });
  },
);

test.skipIf(needsRoot !== '')(`closing the sandbox ends a callback that waits${needsRoot}`, async () => {
  const other = await SandboxFixture.create();
  const held = new Promise<void>((resolve) => {
    const run = other.run('false', {
      request: {
        onFailure: async () => {
          resolve();
          await new Promise(() => undefined);
        },
      },
    });
    run.catch(() => undefined);
  });
  await held;
  await other[Symbol.asyncDispose]();
});

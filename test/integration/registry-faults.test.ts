import { isTsbuildError, parseReference } from '@tsbuild/core';
import { copyImage, createRegistryClient, type RegistryClient } from '@tsbuild/registry';
import { startRegistry } from '@tsbuild/registry/server';
import { describe, expect, test } from 'vitest';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { concurrentTestWith } from '../support/parts.ts';
import { drawFault, isForLarge, type ProxyExchange, startFaultProxy } from '../support/registry/fault-proxy.ts';
import { seededRandom } from '../support/registry/random.ts';
import { createMemoryTarget, type SampleImage, sampleImage } from '../support/registry/sample-image.ts';

/** `TSBUILD_FAULT_RUNS=1000` makes a long campaign of it; `TSBUILD_FAULT_SEED` repeats one run. */
const RUNS = Number(process.env.TSBUILD_FAULT_RUNS ?? 50);
const FIRST_SEED = Number(process.env.TSBUILD_FAULT_SEED ?? 1);
const LONGEST_RUN_MS = 60_000;
/** Every other image has a layer that is downloaded as large ones are; what is left of it after most cuts is large, too. */
const LARGE_BYTES = 6_000_000;
/** There are few requests for such layers, and for parts of them. */
const RATE_OF_LARGE = 0.6;

type Outcome = 'done' | { readonly failed: string };

/** Success, or one error of ours that says what happened; anything else is a bug. */
async function outcomeOf(work: () => Promise<unknown>): Promise<Outcome> {
  try {
    await work();
    return 'done';
  } catch (error) {
    if (!isTsbuildError(error)) throw error;
    expect(error.message).not.toBe('');
    return { failed: error.code };
  }
}

const openApp = (client: RegistryClient, host: string) => client.repository(parseReference(`${host}/app`));

/** Pulls by tag, as a build does: what arrives in full is right. */
async function checkPull(client: RegistryClient, host: string, image: SampleImage): Promise<void> {
  const pulled = createMemoryTarget();
  await copyImage(openApp(client, host), pulled, 'v1');
  for (const part of [image.manifest, image.config, ...image.layers]) {
    expect(pulled.contents.get(part.digest)?.equals(image.bytesOf(part))).toBe(true);
  }
}

async function run(
  seed: number,
  startUpstream: () => Promise<{ readonly host: string } & AsyncDisposable>,
): Promise<{ readonly push: Outcome; readonly pull: Outcome; readonly exchanges: readonly ProxyExchange[] }> {
  const random = seededRandom(seed);
  const rate = random.pick([0.05, 0.2, 0.5]);
  await using registry = await startUpstream();
  await using proxy = await startFaultProxy(registry.host, (request) =>
    drawFault(random, isForLarge(request) ? RATE_OF_LARGE : rate, request),
  );
  await using client = createRegistryClient({
    env: {},
    retry: { attempts: 4, baseDelay: 1, maxDelay: 50 },
    timeouts: { headers: 1000, bodyIdle: 400 },
    ...(random.next() < 0.3 ? { uploadChunkBytes: 50_000 } : {}),
  });
  await using clean = createRegistryClient({ env: {} });
  const largest = seed % 2 === 0 ? LARGE_BYTES : 300_000;
  const image = sampleImage({ seed: `${seed}`, layerSizes: [10, 70_000, largest] });

  const push = await outcomeOf(() => copyImage(image, openApp(client, proxy.host), image.manifest, { tags: ['v1'] }));
  if (push === 'done') await checkPull(clean, registry.host, image);
  else await copyImage(image, openApp(clean, registry.host), image.manifest, { tags: ['v1'] });
  const pull = await outcomeOf(() => checkPull(client, proxy.host, image));
  return { push, pull, exchanges: proxy.exchanges };
}

/** Success or an error of ours for both; how many went through. */
function checkOutcomes(...outcomes: readonly Outcome[]): number {
  const failures = outcomes.flatMap((outcome) => (outcome === 'done' ? [] : [outcome.failed]));
  for (const failure of failures) expect(failure).toMatch(/^ERR_TSBUILD_/);
  return outcomes.length - failures.length;
}

const SEEDS = Array.from({ length: RUNS }, (_, index) => FIRST_SEED + index);

describe('under seeded faults a push and a pull succeed rightly or fail clearly', () => {
  let successes = 0;
  const struck = new Set<string>();

  test.concurrent.each(SEEDS)(
    'seed %i',
    async (seed) => {
      const { push, pull, exchanges } = await run(seed, startRegistry);
      for (const { fault, isLarge } of exchanges) if (isLarge) struck.add(fault);
      successes += checkOutcomes(push, pull);
    },
    LONGEST_RUN_MS,
  );

  test('and most succeed', () => {
    expect(successes).toBeGreaterThan(RUNS);
  });

  test('and downloads of large layers are among what was struck', () => {
    expect([...struck].filter((fault) => fault !== 'none').length).toBeGreaterThan(2);
  });
});

describe("so with Debian's docker-registry", () => {
  for (const seed of SEEDS.slice(0, 10)) {
    concurrentTestWith('docker-registry')(
      `seed ${seed}`,
      async () => {
        const { push, pull } = await run(seed, startDockerRegistry);
        checkOutcomes(push, pull);
      },
      LONGEST_RUN_MS,
    );
  }
});

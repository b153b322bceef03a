import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { familiarReference, type LayerEntry, parseReference } from '@tsbuild/core';
import { type Builder, type BuildOptions, type BuiltImage, createBuilder } from '@tsbuild/engine';
import type { BuildFixture } from '../fixture.ts';
import type { CheckResult } from './check.ts';

/**
 * Builds twice, each time in an empty store, and compares the images. Times are clamped to `sourceDateEpoch`, or to 1970
 * where none is given. Images in the store of a fixture serve as bases. Nothing is written to any output.
 */
export async function checkReproducible(
  subject: BuildFixture | BuildOptions,
  options: Omit<BuildOptions, 'context'> = {},
): Promise<CheckResult> {
  const whole: BuildOptions =
    'builder' in subject ? { ...options, context: subject.context } : { ...subject, ...options };
  const bases = 'builder' in subject ? await basesOf(subject.builder) : {};
  const folder = await mkdtemp(join(tmpdir(), 'tsbuild-reproducible-'));
  const builders: Builder[] = [];
  try {
    const images: BuiltImage[] = [];
    for (const name of ['first', 'second']) {
      const builder = await createBuilder({ root: join(folder, name) });
      builders.push(builder);
      const buildContexts = { ...bases, ...whole.buildContexts };
      const { image } = await builder.build({ sourceDateEpoch: 0, ...whole, buildContexts, tags: [], outputs: [] });
      images.push(image);
    }
    const [first, second] = images;
    if (first === undefined || second === undefined) throw new Error('two builds make two images');
    return await compare(first, second);
  } finally {
    for (const builder of builders) await builder[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A store is an OCI layout, so its images can stand in for those of the same name. */
async function basesOf(builder: Builder): Promise<Record<string, string>> {
  const bases: Record<string, string> = {};
  for (const { reference, descriptor } of await builder.images()) {
    if (reference === undefined) continue;
    const name = familiarReference(parseReference(reference));
    // Dockerfiles mostly leave this tag out.
    for (const written of [name, name.replace(/:latest$/, '')]) {
      bases[written] = `oci-layout://${builder.root}@${descriptor.digest}`;
    }
  }
  return bases;
}

async function compare(first: BuiltImage, second: BuiltImage): Promise<CheckResult> {
  const pass = first.id === second.id;
  const difference = pass ? '' : await firstDifference(first, second);
  const message = () =>
    pass ? `both builds gave ${first.id}` : `two builds gave ${first.id} and ${second.id}: ${difference}`;
  return { pass, message, actual: second.id, expected: first.id };
}

async function firstDifference(first: BuiltImage, second: BuiltImage): Promise<string> {
  const [a, b] = [await first.layers(), await second.layers()];
  const at = a.findIndex(({ diffId }, index) => diffId !== b[index]?.diffId);
  if (at === -1) return 'their configurations differ';
  const [one, other] = [facts(a[at]?.entries() ?? []), facts(b[at]?.entries() ?? [])];
  const paths = [...new Set([...one.keys(), ...other.keys()])].filter((path) => one.get(path) !== other.get(path));
  return `layer ${at + 1} differs in ${paths.slice(0, 10).join(', ') || 'its order'}${paths.length > 10 ? ', …' : ''}`;
}

function facts(entries: Iterable<LayerEntry>): Map<string, string> {
  return new Map(Array.from(entries, (entry) => [entry.path, JSON.stringify(entry)]));
}

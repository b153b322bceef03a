import { type Builder, createBuilder } from '@tsbuild/engine';
import { expect } from 'vitest';
import { saveBusybox } from './busybox.ts';
import { openTempFolder, type TempFolder } from './temp-folder.ts';

/** A second name of the base image, which no test moves. */
const PRISTINE = 'pristine';
const BASE_NAMES = [PRISTINE, 'busybox'].map((name) => `docker.io/library/${name}:latest`);

/** A folder with a `store` that has the base image and nothing else. Needs the part `busybox`. */
export async function createTemplateStore(): Promise<TempFolder> {
  const folder = await openTempFolder();
  await using builder = await createBuilder({ root: folder.file('store') });
  await saveBusybox(builder);
  await builder.tag('busybox', PRISTINE);
  return folder;
}

/**
 * Makes the store of `builder`, once a copy of the template, what it was at first. A test that takes over the builder of
 * another starts no sandbox of its own, which is most of what a small build costs.
 */
export async function forgetBuilds(builder: Builder): Promise<void> {
  await builder.tag(PRISTINE, 'busybox');
  for (const { reference = '' } of await builder.images()) {
    if (!BASE_NAMES.includes(reference)) await builder.remove(reference);
  }
  await builder.prune({ all: true, filter: isBuilt });
  expect((await builder.usage()).filter((entry) => isBuilt(entry) && !entry.isInUse)).toEqual([]);
}

/** Unpacked layers may stay: they hold what their digests say, and no step is cached because of them. */
function isBuilt({ kind }: { readonly kind: string }): boolean {
  return kind !== 'snapshot';
}

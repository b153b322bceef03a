/** What the blocks of a page take from the text around them: of all blocks, or of the one with the number, from 1. */
export const SURROUNDINGS: Readonly<Record<string, string>> = {
  'docs/debugging.md': `import { build } from '@tsbuild/engine';`,
  'docs/design.md': `import { build } from '@tsbuild/engine'; declare const signal: AbortSignal;`,
  'docs/policies.md': `import { build } from '@tsbuild/engine';`,
  'docs/run.md': `import { build } from '@tsbuild/engine';`,
  'packages/layer/README.md': `
    import type { Ingest } from '@tsbuild/core';
    declare const download: AsyncIterable<Uint8Array>;
    declare const spool: { write(bytes: Uint8Array): Promise<void> };
    declare const store: { ingest(): Promise<Ingest> };
    declare const basePath: string;
    declare const ownPath: string;
  `,
  'packages/layer/README.md 2': `
    import type { Digest, FileTree, LayerWriter } from '@tsbuild/core';
    import { resolveOwner, recordLookups, selectionDigest, selectSources, writeCopy } from '@tsbuild/layer';
    declare const context: FileTree & { digests(paths: readonly string[]): Promise<ReadonlyMap<string, Digest>> };
    declare const root: FileTree;
    declare const writer: LayerWriter;
  `,
  'packages/report/README.md': `
    import { writeFile } from 'node:fs/promises';
    import type { ReportBuild } from '@tsbuild/report';
    declare const build: ReportBuild;
  `,
  'packages/sandbox/README.md': `
    import { createReadStream } from 'node:fs';
    import type { DiffId, Ingest } from '@tsbuild/core';
    import { createSandbox } from '@tsbuild/sandbox';
    declare const store: string;
    declare const diffId: DiffId;
    declare const blobs: { ingest(): Promise<Ingest> };
  `,
  'packages/store/README.md': `
    import type { Digest } from '@tsbuild/core';
    declare const download: AsyncIterable<Uint8Array>;
    declare const expected: Digest;
    declare const mediaType: string;
  `,
  'packages/testing/README.md 2': `
    import type { BuiltImage } from '@tsbuild/engine';
    import type { BuildFixture } from '@tsbuild/testing';
    import { expect } from 'vitest';
    declare const image: BuiltImage;
    declare const fixture: BuildFixture;
  `,
  'packages/testing/README.md 3': `
    import { buildFixture, type FixtureFiles } from '@tsbuild/testing';
    declare const files: FixtureFiles;
  `,
};

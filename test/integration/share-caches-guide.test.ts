import { cp, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createBuilder } from '@tsbuild/engine';
import { startRegistry } from '@tsbuild/registry/server';
import { expect } from 'vitest';
import { writeFiles } from '../../packages/testing/src/fixture-files.ts';
import { saveBusybox } from '../support/busybox.ts';
import { startHttpCache } from '../support/http-cache.ts';
import { testWith } from '../support/parts.ts';
import { openTempFolder } from '../support/temp-folder.ts';
import { mustTsbuild } from '../support/tsbuild.ts';

const GUIDE = fileURLToPath(new URL('../../docs/guides/share-caches.md', import.meta.url));
const FILES = {
  Dockerfile: `FROM busybox AS build
COPY package.txt ./
RUN --mount=type=cache,id=npm,target=/npm --mount=type=cache,target=/root/.cache sort package.txt > /installed
FROM busybox
COPY --from=build /installed /
`,
  'package.txt': 'b\na\n',
};

/** Words of a command line as a shell reads them; of quotes the guide has only double ones. */
function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare = '']) => quoted ?? bare);
}

testWith('root', 'busybox')('every pair of commands in the guide does what it says', async () => {
  await using registry = await startRegistry();
  await using server = await startHttpCache();
  await using folder = await openTempFolder();
  await writeFiles(folder.file('context'), FILES);
  {
    await using builder = await createBuilder({ root: folder.file('template') });
    await saveBusybox(builder);
  }
  const text = (await readFile(GUIDE, 'utf8'))
    .replaceAll('localhost:5000', registry.host)
    .replaceAll('http://cache:8080', server.url);
  const commands = text.split('\n').flatMap((line) => (line.startsWith('    tsbuild ') ? [words(line.slice(12))] : []));
  expect(commands.length).toBe(10);

  // Each command is run on a machine of its own.
  for (const [at, args] of commands.entries()) {
    const root = folder.file(`store-${at}`);
    await cp(folder.file('template'), root, { recursive: true, verbatimSymlinks: true });
    const { stderr } = await mustTsbuild(root, [...args, '--progress=plain'], { cwd: folder.file('context') });
    const cached = stderr.split('\n').filter((line) => line.includes('CACHED from '));
    expect([args.join(' '), cached.length]).toEqual([args.join(' '), at % 2 === 0 ? 0 : 3]);
    expect(stderr).not.toContain('CacheImport');
  }
});

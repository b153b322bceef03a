import type { BuildResult, CacheToOptions } from '@tsbuild/engine';
import { startRegistry } from '@tsbuild/registry/server';
import { describe, expect } from 'vitest';
import { type HttpCache, startHttpCache } from '../support/http-cache.ts';
import { machinesForTests } from '../support/machines.ts';
import { testWith } from '../support/parts.ts';

const FILES = {
  Dockerfile:
    'FROM busybox\nARG TOKEN=none\nCOPY package.json lock.json /app/\nRUN echo "$TOKEN" | wc -c > /length\nCOPY src /src\n',
  'package.json': '{}\n',
  'lock.json': '{}\n',
  'src/a': 'a\n',
};

const cacheTest = testWith('root', 'busybox');
const createMachines = machinesForTests();

/** Each step that ran, with the kind of the reason, what it names, and the cache that it was compared with. */
function reasons({ steps }: BuildResult): string[] {
  return steps.flatMap(({ because }) => {
    if (because === undefined) return [];
    const what = 'changed' in because ? because.changed.join() : 'name' in because ? because.name : '';
    return [[because.kind, what, because.comparedWith].filter((part) => part !== '' && part !== undefined).join(' ')];
  });
}

describe('a machine that has never built it names what changed since the cache was written', () => {
  type Place = Exclude<CacheToOptions, { type: 'inline' }>;
  const kinds: Record<string, (at: { folder: string; ref: string; url: string }) => Place & { mode: 'max' }> = {
    local: ({ folder }) => ({ type: 'local', dest: folder, mode: 'max' }),
    registry: ({ ref }) => ({ type: 'registry', ref, mode: 'max' }),
    http: ({ url }) => ({ type: 'http', url, mode: 'max' }),
  };
  for (const [kind, placeOf] of Object.entries(kinds)) {
    cacheTest(`${kind}: a file, a variable; and so does the machine after next`, async () => {
      await using registry = await startRegistry();
      await using server = await startHttpCache();
      await using machines = await createMachines();
      const place = placeOf({ folder: machines.shared('cache'), ref: `${registry.host}/app:cache`, url: server.url });
      const from = place.type === 'local' ? { type: 'local' as const, src: place.dest } : place;
      const name = { local: machines.shared('cache'), registry: `${registry.host}/app:cache`, http: server.url }[kind];
      await (await machines.add(FILES)).build({ cacheTo: [place] });
      // Passed on by one that runs nothing.
      await (await machines.add(FILES)).build({ cacheFrom: [from], cacheTo: [place] });

      const third = await machines.add({ ...FILES, 'package.json': '{"private":true}\n' });
      const changedFile = await third.build({ cacheFrom: [from] });
      const fourth = await machines.add(FILES);
      const changedVariable = await fourth.build({ cacheFrom: [from], buildArgs: { TOKEN: 'hush-hush-7261' } });

      const [copied, ...below] = reasons(changedFile);
      expect(copied).toBe(`input-changed package.json ${name}`);
      expect(below).toEqual([`parent-changed ${name}`]);
      expect(reasons(changedVariable)).toEqual([`variable-changed TOKEN ${name}`]);
    });
  }

  cacheTest('what this machine has built itself comes first; mode=min explains nothing', async () => {
    await using machines = await createMachines();
    const cacheTo = [{ type: 'local', dest: machines.shared('cache'), mode: 'min' } as const];
    const cacheFrom = [{ type: 'local', src: machines.shared('cache') } as const];
    await (await machines.add(FILES)).build({ cacheTo });
    const changed = { 'package.json': '{"private":true}\n' };
    const second = await machines.add({ ...FILES, ...changed });

    expect(reasons(await second.build({ cacheFrom }))[0]).toBe('never-built');
    await second.write({ 'lock.json': '{"a":1}\n' });
    expect(reasons(await second.build({ cacheFrom }))[0]).toBe('input-changed lock.json');
  });

  cacheTest('values of variables are not in it; damaged explanations cost the reason alone', async () => {
    await using server = await startHttpCache();
    await using machines = await createMachines();
    const cache = { type: 'http', url: server.url, mode: 'max', compression: 'uncompressed' } as const;
    const buildArgs = { TOKEN: 'hush-hush-7261' };
    await (await machines.add(FILES)).build({ cacheTo: [cache], buildArgs });
    expect([...server.entries.values()].some((bytes) => bytes.includes('hush-hush'))).toBe(false);
    damageExplanations(server);

    const second = await machines.add({ ...FILES, 'src/a': 'b\n' });
    const result = await second.build({ cacheFrom: [cache], buildArgs });

    expect(result.steps.map(({ status }) => status)).toEqual(['cached', 'cached', 'ran']);
    expect(reasons(result)).toEqual(['never-built']);
    expect(result.warnings.filter(({ rule }) => rule === 'CacheImport')).toEqual([]);
  });
});

/** Those alone are compressed. */
function damageExplanations({ entries }: HttpCache): void {
  for (const [path, bytes] of entries) {
    const start = path.startsWith('/ac/') ? bytes.indexOf(Buffer.from([0x1f, 0x8b, 8])) : -1;
    if (start >= 0) bytes.fill(0xff, start + 10);
  }
}

import { type Builder, createBuilder } from '@tsbuild/engine';
import { saveBase } from '../support/base-images.ts';
import { mustRun } from '../support/command.ts';
import { openTempFolder } from '../support/temp-folder.ts';
import { mustTsbuild } from '../support/tsbuild.ts';
import { openCachedBuilds } from './cached-costs.ts';
import { median, timed } from './statistics.ts';

const RUNS = 20;
const PROJECT = new URL('../../scripts/demo/project/', import.meta.url).pathname;

/** A cost in milliseconds, and in starts of a bare Node process of the same run. */
export interface Cost {
  readonly what: string;
  readonly milliseconds: number;
  readonly nodeStarts: number;
}

/** What tsbuild costs where nothing is built: rebuilds without a change, and a RUN that does nothing. */
export async function measureCosts(rounds: number): Promise<Cost[]> {
  await using folder = await openTempFolder();
  const root = folder.file('store');
  await using builder = await createBuilder({ root });
  await saveBase(builder, 'debian:12', 'machine');
  await builder.build({ context: PROJECT, tags: ['demo'] });
  await using cached = await openCachedBuilds(folder);
  const samples = new Map<string, number[]>();
  for (let round = 0; round < rounds; round += 1) {
    add(samples, 'node -e 0', await timed(() => mustRun([process.execPath, '-e', '0'])));
    add(samples, 'rebuild of the demo, command', await timed(() => rebuildByCommand(root)));
    add(
      samples,
      'rebuild of the demo, in process',
      await timed(() => builder.build({ context: PROJECT, tags: ['demo'] })),
    );
    add(samples, 'RUN true', await costOfRun(builder));
    for (const [what, milliseconds] of await cached.measure()) add(samples, what, milliseconds);
  }
  const node = median(samples.get('node -e 0') ?? []);
  return [...samples].map(([what, values]) => ({
    what,
    milliseconds: median(values),
    nodeStarts: median(values) / node,
  }));
}

function rebuildByCommand(root: string): Promise<unknown> {
  return mustTsbuild(root, ['build', '--progress=quiet', '-t', 'demo', PROJECT]);
}

/** The difference between builds with one RUN and with many, for each. */
async function costOfRun(builder: Builder): Promise<number> {
  const build = (count: number) =>
    timed(() =>
      builder.build({
        context: { files: {} },
        dockerfile: `FROM machine\n${'RUN true\n'.repeat(count)}`,
        noCache: true,
      }),
    );
  const one = await build(1);
  const many = await build(1 + RUNS);
  return (many - one) / RUNS;
}

function add(samples: Map<string, number[]>, what: string, value: number): void {
  samples.set(what, [...(samples.get(what) ?? []), value]);
}

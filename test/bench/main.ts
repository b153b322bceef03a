import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { createBuilder } from '@tsbuild/engine';
import { type DockerRegistry, startDockerRegistry } from '../support/docker-registry.ts';
import { type NpmRegistry, startNpmRegistry } from '../support/npm-registry.ts';
import { hasPart } from '../support/parts.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { createBases } from './bases.ts';
import { buildahKind } from './contenders/buildah.ts';
import type { Contender, ContenderKind } from './contenders/contender.ts';
import { dockerKind } from './contenders/docker.ts';
import { inProcessKind } from './contenders/in-process.ts';
import { tsbuildKind } from './contenders/tsbuild.ts';
import { measureCosts } from './costs.ts';
import { measure } from './measure.ts';
import { measurePulls } from './pull.ts';
import { formatTable } from './table.ts';
import { WORKLOADS } from './workloads/index.ts';
import type { BenchPlace, Workload } from './workloads/workload.ts';

const KINDS: readonly ContenderKind[] = [tsbuildKind, inProcessKind, dockerKind, buildahKind];
const NAMES = ['costs', 'pull', ...WORKLOADS.map(({ name }) => name)];
const USAGE = `usage: npm run bench -- [--rounds N] [--with tsbuild,in-process,docker,buildah] [workload…]
workloads: ${NAMES.join(' ')}`;

/** The bench: prints medians and ratios. Returns the exit status. */
export async function bench(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { rounds: { type: 'string', default: '3' }, with: { type: 'string' }, help: { type: 'boolean' } },
  });
  const unknown = positionals.filter((name) => !NAMES.includes(name));
  const rounds = Number(values.rounds);
  if (values.help || unknown.length > 0 || !(rounds >= 1)) {
    console.error(USAGE);
    return values.help ? 0 : 2;
  }
  const wanted = positionals.length === 0 ? NAMES : positionals;
  if (wanted.includes('costs')) await printCosts(Math.max(rounds, 5));
  if (wanted.includes('pull') && PULL_PARTS.every(hasPart)) await printPulls(rounds);
  const workloads = WORKLOADS.filter(({ name }) => wanted.includes(name)).filter(hasItsParts);
  if (workloads.length > 0) await runWorkloads(workloads, selectKinds(values.with), rounds);
  return 0;
}

function hasItsParts({ name, parts = [] }: Workload): boolean {
  const missing = parts.filter((part) => !hasPart(part));
  if (missing.length > 0) console.log(`\n${name}: left out, it needs ${missing.join(', ')}`);
  return missing.length === 0;
}

function selectKinds(names: string | undefined): ContenderKind[] {
  const wanted = names?.split(',');
  const present = KINDS.filter(({ parts }) => parts.every(hasPart));
  return wanted === undefined ? present : present.filter(({ name }) => wanted.includes(name));
}

async function printCosts(rounds: number): Promise<void> {
  console.log('\ncosts, in milliseconds and in starts of a bare node process');
  for (const { what, milliseconds, nodeStarts } of await measureCosts(rounds)) {
    console.log(`${what.padEnd(34)} ${milliseconds.toFixed(1).padStart(8)} ms  ${nodeStarts.toFixed(2)}`);
  }
}

const PULL_PARTS = ['docker-registry', 'skopeo', '/usr/bin/time'];

async function printPulls(rounds: number): Promise<void> {
  console.log('\npull of 500 MB in five layers from a registry on this machine');
  for (const { program, milliseconds, cpuMilliseconds, mebibytes } of await measurePulls(rounds)) {
    const times = `${(milliseconds / 1000).toFixed(2)} s, ${(cpuMilliseconds / 1000).toFixed(2)} s of processor time`;
    console.log(`${program.padEnd(34)} ${times}, ${mebibytes.toFixed(0)} MiB`);
  }
}

/** What the workloads of one run share. */
interface Arena {
  readonly folder: TempFolder;
  readonly registry: DockerRegistry;
  readonly base: BenchPlace['base'];
  readonly npm: NpmRegistry;
  readonly contenders: readonly Contender[];
  readonly rounds: number;
}

async function runWorkloads(
  workloads: readonly Workload[],
  kinds: readonly ContenderKind[],
  rounds: number,
): Promise<void> {
  await using folder = await openTempFolder();
  await using registry = await startDockerRegistry();
  await using npm = await startNpmRegistry();
  await using builder = await createBuilder({ root: folder.file('bases') });
  const base = createBases(builder, registry.host);
  const contenders: Contender[] = [];
  try {
    for (const kind of kinds) contenders.push(await kind.open(folder));
    const arena = { folder, registry, base, npm, contenders, rounds };
    for (const workload of workloads) await runWorkload(workload, arena);
  } finally {
    for (const contender of contenders) await contender[Symbol.asyncDispose]();
  }
}

async function runWorkload({ name, about, prepare }: Workload, arena: Arena): Promise<void> {
  console.log(`\n${name}: ${about}`);
  const { folder, registry, base, npm, contenders, rounds } = arena;
  await mkdir(folder.file(name));
  const place = { folder: folder.file(name), npmRegistry: npm.url, base };
  const results = await measure(await prepare(place), contenders, {
    rounds,
    image: `${registry.host}/bench/${name}`,
    archive: folder.file('archive.tar'),
    onRound: (text) => console.error(`  ${text}`),
  });
  console.log(
    formatTable(
      results,
      contenders.map((contender) => contender.name),
    ),
  );
}

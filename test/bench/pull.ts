import { readFile, rm } from 'node:fs/promises';
import { createBuilder } from '@tsbuild/engine';
import { mustRun } from '../support/command.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { TSBUILD_COMMAND } from '../support/tsbuild.ts';
import { median } from './statistics.ts';

const LAYERS = 5;
const LAYER_MEBIBYTES = 100;

/** What one program took for a pull: medians of all rounds. */
export interface PullCost {
  readonly program: 'tsbuild' | 'skopeo';
  readonly milliseconds: number;
  /** Of all its threads, in user and system mode. */
  readonly cpuMilliseconds: number;
  /** The most that was resident. */
  readonly mebibytes: number;
}

type Sample = Omit<PullCost, 'program'>;

/** An image of 500 MB in five layers, pulled into an empty place from a registry on this machine, in turns. */
export async function measurePulls(rounds: number): Promise<PullCost[]> {
  await using folder = await openTempFolder();
  await using registry = await startDockerRegistry();
  const image = `${registry.host}/bench/pull:1`;
  await pushImage(image, folder);
  const programs = {
    tsbuild: (to: string) => [process.execPath, TSBUILD_COMMAND, 'pull', '--quiet', '--root', to, image],
    skopeo: (to: string) => ['skopeo', 'copy', '--quiet', '--src-tls-verify=false', `docker://${image}`, `oci:${to}:1`],
  };
  const samples: Record<keyof typeof programs, Sample[]> = { tsbuild: [], skopeo: [] };
  for (let round = 0; round < rounds; round += 1) {
    const names = round % 2 === 0 ? (['tsbuild', 'skopeo'] as const) : (['skopeo', 'tsbuild'] as const);
    for (const name of names) {
      const to = folder.file(name);
      samples[name].push(await measured(programs[name](to), folder.file('time')));
      await rm(to, { recursive: true });
    }
  }
  return (['tsbuild', 'skopeo'] as const).map((program) => ({ program, ...medians(samples[program]) }));
}

async function pushImage(image: string, folder: TempFolder): Promise<void> {
  const names = Array.from({ length: LAYERS }, (_, at) => `layer${at}`);
  for (const name of names) {
    const output = [`of=${folder.file('context', name)}`, 'bs=1M', `count=${LAYER_MEBIBYTES}`, 'status=none'];
    await mustRun(['mkdir', '-p', folder.file('context')]);
    await mustRun(['dd', 'if=/dev/urandom', ...output]);
  }
  await using builder = await createBuilder({ root: folder.file('made') });
  await builder.build({
    context: folder.file('context'),
    dockerfile: ['FROM scratch', ...names.map((name) => `COPY ${name} /`), ''].join('\n'),
    // What the layers hold cannot be made smaller.
    outputs: [{ type: 'registry', name: image, compression: 'gzip', compressionLevel: 0 }],
  });
}

/** Runs a command under GNU time. */
async function measured(args: readonly string[], file: string): Promise<Sample> {
  await mustRun(['/usr/bin/time', '--format', '%e %U %S %M', '--output', file, ...args]);
  const [elapsed = 0, user = 0, system = 0, kibibytes = 0] = (await readFile(file, 'utf8'))
    .trim()
    .split(' ')
    .map(Number);
  return { milliseconds: elapsed * 1000, cpuMilliseconds: (user + system) * 1000, mebibytes: kibibytes / 1024 };
}

function medians(samples: readonly Sample[]): Sample {
  const of = (key: keyof Sample) => median(samples.map((sample) => sample[key]));
  return { milliseconds: of('milliseconds'), cpuMilliseconds: of('cpuMilliseconds'), mebibytes: of('mebibytes') };
}

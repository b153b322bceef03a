import { writeFile } from 'node:fs/promises';
import type { Builder } from '@tsbuild/engine';
import { saveBase } from '../support/base-images.ts';
import { mustRun } from '../support/command.ts';
import { openTempFolder } from '../support/temp-folder.ts';
import type { BenchBase } from './workloads/workload.ts';

const BIG_MEBIBYTES = 256;

/** Makes the base images and pushes them to the registry that every contender pulls from. */
export async function pushBases(builder: Builder, host: string): Promise<void> {
  for (const name of ['debian:12', 'node:20'] as const) {
    await saveBase(builder, name);
    await push(builder, name, `${host}/${name}`);
  }
  await saveBigBase(builder);
  await push(builder, 'big:1', `${host}/big:1`);
}

async function push(builder: Builder, base: BenchBase, name: string): Promise<void> {
  await builder.build({
    context: { files: {} },
    dockerfile: `FROM ${base}\nLABEL bench=base\n`,
    outputs: [{ type: 'registry', name }],
  });
}

async function saveBigBase(builder: Builder): Promise<void> {
  await using folder = await openTempFolder();
  const args = ['if=/dev/urandom', `of=${folder.file('random')}`, 'bs=1M', `count=${BIG_MEBIBYTES}`, 'status=none'];
  await mustRun(['dd', ...args]);
  await writeFile(folder.file('Dockerfile'), 'FROM debian:12\nCOPY random /usr/share/random\n');
  await builder.build({ context: folder.path, tags: ['big:1'] });
}

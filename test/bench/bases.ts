import { writeFile } from 'node:fs/promises';
import type { Builder } from '@tsbuild/engine';
import { saveBase } from '../support/base-images.ts';
import { mustRun } from '../support/command.ts';
import { saveDebian } from '../support/debian.ts';
import { openTempFolder } from '../support/temp-folder.ts';
import type { BenchBase } from './workloads/workload.ts';

const BIG_MEBIBYTES = 256;

/** Base images in the registry at `host`, each made with `builder` and pushed when it is first asked for. */
export function createBases(builder: Builder, host: string): (name: BenchBase) => Promise<string> {
  const made = new Map<BenchBase, Promise<string>>();
  const make = async (name: BenchBase): Promise<string> => {
    await save(builder, name);
    await push(builder, name, `${host}/${name}`);
    return `${host}/${name}`;
  };
  return (name) => {
    const image = made.get(name) ?? make(name);
    made.set(name, image);
    return image;
  };
}

function save(builder: Builder, name: BenchBase): Promise<void> {
  switch (name) {
    case 'big:1':
      return saveBigBase(builder);
    case 'debian-system:12':
      return saveDebian(builder, name, { variant: 'apt', packages: ['libcap2-bin'] });
    default:
      return saveBase(builder, name);
  }
}

/** As registries have them: compressed. */
async function push(builder: Builder, base: BenchBase, name: string): Promise<void> {
  await builder.build({
    context: { files: {} },
    dockerfile: `FROM ${base}\nLABEL bench=base\n`,
    outputs: [{ type: 'registry', name, compression: 'gzip', forceCompression: true }],
  });
}

async function saveBigBase(builder: Builder): Promise<void> {
  await saveBase(builder, 'debian:12');
  await using folder = await openTempFolder();
  const args = ['if=/dev/urandom', `of=${folder.file('random')}`, 'bs=1M', `count=${BIG_MEBIBYTES}`, 'status=none'];
  await mustRun(['dd', ...args]);
  await writeFile(folder.file('Dockerfile'), 'FROM debian:12\nCOPY random /usr/share/random\n');
  await builder.build({ context: folder.path, tags: ['big:1'] });
}

import { copyFile } from 'node:fs/promises';
import type { Builder } from '@tsbuild/engine';
import { mustRun } from './command.ts';
import { madeOnce } from './made-once.ts';
import { openTempFolder } from './temp-folder.ts';

export interface DebianOptions {
  /** As Debian calls it. @default that of this machine */
  readonly architecture?: string;
  /** `extract` unpacks the packages alone, `apt` makes a whole small system. */
  readonly variant: 'extract' | 'apt';
  readonly packages: readonly string[];
}

/** A root file system of Debian packages, from the mirror of this machine, saved under the name `tag`. Needs `mmdebstrap` and root. */
export async function saveDebian(builder: Builder, tag: string, options: DebianOptions): Promise<void> {
  const { architecture } = options;
  await using folder = await openTempFolder();
  await copyFile(await debianArchive(options), folder.file('root.tar'));
  await builder.build({
    context: folder.path,
    dockerfile: 'FROM scratch\nADD root.tar /\nCMD ["/bin/sh"]\n',
    tags: [tag],
    ...(architecture === undefined ? {} : { platforms: [`linux/${architecture}`] }),
  });
}

/** Fetching and configuring a Debian takes a minute. */
function debianArchive({ architecture, variant, packages }: DebianOptions): Promise<string> {
  return madeOnce(`debian-${[variant, architecture ?? 'own', ...packages].join('-')}.tar`, async (archive) => {
    await mustRun([
      'mmdebstrap',
      '--mode=root',
      '--quiet',
      `--variant=${variant}`,
      ...(architecture === undefined ? [] : [`--architectures=${architecture}`]),
      ...(packages.length === 0 ? [] : [`--include=${packages.join(',')}`]),
      'bookworm',
      archive,
    ]);
  });
}

import { copyFile, mkdir, rename, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Builder } from '@tsbuild/engine';
import { mustRun } from './command.ts';
import { openTempFolder } from './temp-folder.ts';

/** Archives that were made before: fetching and configuring a Debian takes a minute. `rm` it to have newer packages. */
const MADE = fileURLToPath(new URL('../../node_modules/.cache/tsbuild-tests/', import.meta.url));

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

/** Made once for each kind, by whichever test asks first. */
async function debianArchive({ architecture, variant, packages }: DebianOptions): Promise<string> {
  const made = `${MADE}debian-${[variant, architecture ?? 'own', ...packages].join('-')}.tar`;
  if (await stat(made).catch(() => undefined)) return made;
  await mkdir(MADE, { recursive: true });
  const archive = `${made}.${process.pid}.tar`;
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
  await rename(archive, made);
  return made;
}

import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type BuiltImage, createBuilder } from '@tsbuild/engine';
import { expect } from 'vitest';
import { saveBase } from '../support/base-images.ts';
import { startDockerd } from '../support/dockerd.ts';
import { installCommand } from '../support/installed-command.ts';
import { copyPrograms } from '../support/machine-root.ts';
import { startNpmRegistry } from '../support/npm-registry.ts';
import { testWith } from '../support/parts.ts';
import { openTempFolder } from '../support/temp-folder.ts';
import { diffFacts, treeFacts } from '../support/tree-facts.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/1-node-server', import.meta.url));

/** npm keeps times in its cache and logs. */
const DIFFERS_EACH_TIME = /^\/root\/\.npm(?:\/|$|:)/;

/** What somebody types in the container; the last line is the image's id. */
const SCRIPT = `
set -e
cd /
tsbuild() { node /opt/tsbuild/bin/tsbuild.js "$@"; }
tsbuild load -q -i /shared/base.tar
tsbuild doctor --format json > /shared/doctor.json
tsbuild build -q -t app --source-date-epoch=1700000000 --build-arg NPM_CONFIG_REGISTRY -o type=image -o type=docker,dest=/shared/app.tar,compression=uncompressed /src
tsbuild run --entrypoint node app -e 'console.log(require("/app/package.json").name, process.getuid())'
`;

testWith('root', 'dockerd', 'docker')(
  'in a plain container of a Docker Engine the Node example becomes the same image as outside',
  async () => {
    await using folder = await openTempFolder();
    await using builder = await createBuilder({ root: folder.file('store') });
    await using npm = await startNpmRegistry();
    await using engine = await startDockerd();
    await mkdir(folder.file('shared'));
    await chmod(folder.path, 0o755);
    await installCommand(folder.file('installed'));
    await saveBase(builder, 'node:20');
    await writeFile(folder.file('shared/base.tar'), await builder.save(['node:20']));
    await copyPrograms(folder.file('programs'), ['unshare', 'nsenter']);
    await builder.build({
      context: folder.file('programs'),
      dockerfile: 'FROM node:20\nCOPY . /\n',
      tags: ['machine'],
      outputs: [{ type: 'docker', dest: folder.file('machine.tar'), compression: 'uncompressed' }],
    });
    await engine.docker('load', '--input', folder.file('machine.tar'));

    // The network of this machine, on whose loopback the npm registry of the test listens; all else is as always.
    const settings = ['--network', 'host', '--env', `NPM_CONFIG_REGISTRY=${npm.url}`];
    const mounts = [
      `${folder.file('installed')}:/opt/tsbuild:ro`,
      `${EXAMPLE}:/src:ro`,
      `${folder.file('shared')}:/shared`,
    ];
    const volumes = mounts.flatMap((mount) => ['--volume', mount]);
    const printed = await engine.docker('run', '--rm', ...settings, ...volumes, 'machine', '/bin/sh', '-c', SCRIPT);
    expect(printed).toMatch(/^Loaded image: node:20\nsha256:[0-9a-f]{64}\nnode-server-example 0\n$/);
    expect(JSON.parse(await readFile(folder.file('shared/doctor.json'), 'utf8')).tiers).toMatchObject([
      { tier: 'root', isAvailable: false, reason: expect.stringContaining('Operation not permitted') },
      { tier: 'userns', isAvailable: false },
      { tier: 'userns-single', isAvailable: false },
      { tier: 'chroot', isAvailable: true },
    ]);

    const { image } = await builder.build({
      context: EXAMPLE,
      buildArgs: { NPM_CONFIG_REGISTRY: npm.url },
      sourceDateEpoch: 1700000000,
    });
    await builder.load(folder.file('shared/app.tar'));
    const inside = await builder.image('app');
    const lines = diffFacts(await treeFacts(await image.tree()), await treeFacts(await inside.tree()));
    expect(lines.filter((line) => !DIFFERS_EACH_TIME.test(line))).toEqual([]);
    expect(withoutInstall(inside)).toEqual(withoutInstall(image));
  },
  600_000,
);

/** The config without the diffID of what npm left. */
function withoutInstall({ config }: BuiltImage): unknown {
  const { diff_ids: diffIds } = config.rootfs;
  return { ...config, rootfs: diffIds.filter((_, index) => index !== 3) };
}

import { mustRun } from '../../support/command.ts';
import { buildArguments, type ContenderKind } from './contender.ts';

/** `buildah bud --layers`, which caches steps as the others do. */
export const buildahKind: ContenderKind = {
  name: 'buildah',
  parts: ['root', 'buildah'],
  async open(folder) {
    const storage = ['--root', folder.file('buildah'), '--runroot', folder.file('buildah-run')];
    const buildah = (...args: readonly string[]) => mustRun(['buildah', ...storage, ...args]);
    const reset = async (): Promise<void> => {
      await buildah('rm', '--all');
      await buildah('rmi', '--all', '--force');
    };
    return {
      name: 'buildah',
      reset,
      async build(build) {
        const flags = ['--layers', '--quiet', '--network', 'host', '--isolation', 'chroot', '--tls-verify=false'];
        await buildah('bud', ...flags, ...buildArguments(build), build.context);
        const { output, image } = build;
        if (output.kind === 'push') await buildah('push', '--quiet', '--tls-verify=false', image, `docker://${image}`);
        if (output.kind === 'archive') await buildah('push', '--quiet', image, `oci-archive:${output.dest}`);
      },
      [Symbol.asyncDispose]: reset,
    };
  },
};

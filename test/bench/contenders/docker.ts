import { mustRun } from '../../support/command.ts';
import { dockerClient, startDockerd } from '../../support/dockerd.ts';
import { buildArguments, type ContenderKind } from './contender.ts';

/** BuildKit inside a Docker Engine of its own. */
export const dockerKind: ContenderKind = {
  name: 'docker',
  parts: ['root', 'dockerd', 'docker'],
  async open() {
    const engine = await startDockerd();
    return {
      name: 'docker',
      async reset() {
        await engine.docker('builder', 'prune', '--all', '--force');
        await engine.docker('system', 'prune', '--all', '--force');
      },
      async build(build) {
        const args = ['build', '--quiet', '--network', 'host', ...buildArguments(build), build.context];
        const env = { DOCKER_HOST: engine.address, DOCKER_BUILDKIT: '1' };
        await mustRun([dockerClient(), ...args], { env });
        if (build.output.kind === 'push') await engine.docker('push', build.image);
        if (build.output.kind === 'archive') await engine.docker('save', '--output', build.output.dest, build.image);
      },
      [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
    };
  },
};

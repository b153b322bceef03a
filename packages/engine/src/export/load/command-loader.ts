import { type Digest, formatReference, isDigest, parseReference, SolveError } from '@tsbuild/core';
import type { ExportContext } from '../export-context.ts';
import type { Loader } from './loader.ts';
import { type CommandOutcome, runCommand } from './run-command.ts';

/** Loads through `podman`. It takes whole archives only, but an image that it has is just named. */
export function createPodmanLoader(program: string): Loader {
  return {
    place: 'podman',
    async has({ image }, signal) {
      const { exitCode } = await runCommand(
        [program, 'image', 'exists', image.configDescriptor.digest],
        undefined,
        signal,
      );
      return exitCode === 0;
    },
    present: async () => new Set(),
    async load(archive, signal) {
      accepted('podman', await runCommand([program, 'load', '--quiet'], archive, signal));
    },
    async tag({ image }, name, signal) {
      const reference = formatReference(parseReference(name));
      accepted(
        'podman',
        await runCommand([program, 'tag', image.configDescriptor.digest, reference], undefined, signal),
      );
    },
  };
}

/** Loads through `ctr`, into the namespace and address that it is told by the environment. Blobs that are there stay. */
export function createContainerdLoader(program: string): Loader {
  async function stored(signal: ExportContext['signal']): Promise<ReadonlySet<Digest>> {
    const { stdout } = accepted('containerd', await runCommand([program, 'content', 'ls', '-q'], undefined, signal));
    return new Set(stdout.split('\n').filter(isDigest));
  }
  return {
    place: 'containerd',
    // Its names belong to indexes, and those are in the archive.
    has: async () => false,
    async present({ manifest }, signal) {
      const there = await stored(signal);
      return new Set(manifest.layers.flatMap(({ digest }) => (there.has(digest) ? [digest] : [])));
    },
    async load(archive, signal) {
      accepted('containerd', await runCommand([program, 'images', 'import', '-'], archive, signal));
    },
    async tag() {
      throw new Error('containerd gets its names with the archive');
    },
  };
}

function accepted(engine: string, outcome: CommandOutcome): CommandOutcome {
  if (outcome.exitCode === 0) return outcome;
  const reason = outcome.stderr.trim() || `status ${outcome.exitCode}`;
  throw new SolveError('ERR_TSBUILD_OUTPUT', `${engine} did not take the image: ${reason}`);
}

import { formatPlatform, hostPlatform } from '@tsbuild/core';
import type { ProvenanceOptions } from '../attest-options.ts';
import { type BuildStep, buildSteps } from './build-steps.ts';
import { configSource } from './config-source.ts';
import { dependencies } from './dependencies.ts';
import type { ProvenanceFacts } from './facts.ts';
import { isHermetic, localNames, mountedIds } from './inputs.ts';
import { frontendArgs } from './request-args.ts';
import { sourceMap } from './source-map.ts';

export const PROVENANCE_PREDICATE_TYPE = 'https://slsa.dev/provenance/v1';
const BUILD_TYPE = 'https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md';

/**
 * SLSA provenance v1 with the fields that BuildKit defines.
 * @see https://slsa.dev/spec/v1.1/provenance
 */
export function provenancePredicate(facts: ProvenanceFacts, asked: ProvenanceOptions): object {
  const { mode = 'max', builderId = '', reproducible = false } = asked;
  const isMax = mode === 'max';
  const locals = localNames(facts);
  const steps = isMax ? buildSteps(facts.vertices, facts.rootfs) : [];
  const isComplete = locals.length === 0;
  return {
    buildDefinition: {
      buildType: BUILD_TYPE,
      externalParameters: { configSource: configSource(facts), request: request(facts, locals, isMax) },
      internalParameters: {
        ...(isMax ? { buildConfig: { llbDefinition: steps.map(({ vertex: _, ...step }) => step) } } : {}),
        builderPlatform: formatPlatform(hostPlatform()),
      },
      resolvedDependencies: dependencies(facts),
    },
    runDetails: {
      builder: { id: builderId },
      metadata: {
        invocationID: facts.invocationId,
        startedOn: facts.startedOn.toISOString(),
        finishedOn: facts.finishedOn.toISOString(),
        ...buildkitMetadata(facts, steps, isMax),
        buildkit_hermetic: isComplete && isHermetic(facts.vertices),
        buildkit_completeness: { request: isMax || !hidesArgs(facts), resolvedDependencies: isComplete },
        buildkit_reproducible: reproducible,
      },
    },
  };
}

function request(facts: ProvenanceFacts, locals: readonly string[], isMax: boolean): object {
  const args = frontendArgs(facts.options);
  return {
    frontend: 'dockerfile.v0',
    args: isMax ? args : Object.fromEntries(Object.entries(args).filter(([name]) => !isTold(name))),
    ...(isMax ? { secrets: mountedIds(facts.vertices, 'secret'), ssh: mountedIds(facts.vertices, 'ssh') } : {}),
    locals: locals.map((name) => ({ name })),
  };
}

/** What people pass in, and may not want to be read by whoever gets the image. */
function isTold(arg: string): boolean {
  return arg.startsWith('build-arg:') || arg.startsWith('label:');
}

function hidesArgs({ options }: ProvenanceFacts): boolean {
  return Object.keys(frontendArgs(options)).some(isTold);
}

function buildkitMetadata({ vcs, dockerfile }: ProvenanceFacts, steps: readonly BuildStep[], isMax: boolean): object {
  const metadata = {
    ...(vcs === undefined ? {} : { vcs }),
    ...(isMax ? { source: sourceMap(dockerfile, steps) } : {}),
  };
  return Object.keys(metadata).length === 0 ? {} : { buildkit_metadata: metadata };
}

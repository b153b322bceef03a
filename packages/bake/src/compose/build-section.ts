import type { BakeTarget } from '../definition/bake-target.ts';
import { mergeTargets } from '../definition/merge-targets.ts';
import { readTarget } from '../definition/read-target.ts';
import type { ValueReader } from '../definition/values.ts';
import { type PathBase, rebase } from './rebase.ts';
import { hostMap, readSsh, readUlimits, type Secrets, secretOf } from './service-values.ts';

type Section = Readonly<Record<string, unknown>>;

/** Keys of `build` that mean the same in a bake file, by their names there. */
const SAME: ReadonlyMap<string, string> = new Map([
  ['args', 'args'],
  ['cache_from', 'cache-from'],
  ['cache_to', 'cache-to'],
  ['dockerfile', 'dockerfile'],
  ['dockerfile_inline', 'dockerfile-inline'],
  ['entitlements', 'entitlements'],
  ['labels', 'labels'],
  ['network', 'network'],
  ['no_cache', 'no-cache'],
  ['no_cache_filter', 'no-cache-filter'],
  ['platforms', 'platforms'],
  ['pull', 'pull'],
  ['shm_size', 'shm-size'],
  ['tags', 'tags'],
  ['target', 'target'],
]);

/** Keys of `build` that are read otherwise. */
const OWN = new Set([
  'additional_contexts',
  'context',
  'extra_hosts',
  'provenance',
  'sbom',
  'secrets',
  'ssh',
  'ulimits',
]);

export interface ServicePlace {
  /** For messages, e.g. `services.app`. */
  readonly place: string;
  readonly base: PathBase;
  readonly secrets: Secrets;
}

/**
 * The `build` section of a service as a target.
 * @see https://github.com/compose-spec/compose-spec/blob/main/build.md
 * @throws {BakeFileError}
 */
export function readBuildSection(
  build: unknown,
  { place, base, secrets }: ServicePlace,
  values: ValueReader,
): BakeTarget {
  const here = `${place}.build`;
  const section: Section = typeof build === 'string' ? { context: build } : values.object(build, here);
  refuseUnknown(section, here, values);
  const same = Object.entries(section).flatMap(([key, value]) => {
    const name = SAME.get(key);
    return name === undefined ? [] : [[name, value] as const];
  });
  const target = readTarget(Object.fromEntries(same), here, values);
  return withExtension({ ...target, ...ownValues(section, here, base, secrets, values) }, section, here, values);
}

function ownValues(section: Section, here: string, base: PathBase, secrets: Secrets, values: ValueReader): BakeTarget {
  const { context, additional_contexts, extra_hosts, ssh, ulimits, secrets: used, provenance, sbom } = section;
  const attest = Object.entries({ provenance, sbom }).flatMap(([type, value]) =>
    attestation(type, value, here, values),
  );
  return {
    ...(context === undefined ? {} : { context: rebase(values.text(context, `${here}.context`), base) }),
    ...(additional_contexts === undefined ? {} : { contexts: contextsOf(additional_contexts, here, base, values) }),
    ...(extra_hosts === undefined ? {} : { 'extra-hosts': hostMap(extra_hosts, `${here}.extra_hosts`, values) }),
    ...(ssh === undefined ? {} : { ssh: readSsh(ssh, `${here}.ssh`, values) }),
    ...(ulimits === undefined ? {} : { ulimits: readUlimits(ulimits, `${here}.ulimits`, values) }),
    ...(Array.isArray(used)
      ? { secret: used.map((entry, at) => secretOf(entry, `${here}.secrets[${at}]`, secrets, values)) }
      : {}),
    ...(attest.length === 0 ? {} : { attest }),
  };
}

function attestation(type: string, value: unknown, here: string, values: ValueReader): string[] {
  if (value === undefined || value === null) return [];
  const text = values.text(value, `${here}.${type}`);
  if (text === 'true') return [`type=${type}`];
  return [text === 'false' ? `type=${type},disabled=true` : `type=${type},${text}`];
}

function contextsOf(value: unknown, here: string, base: PathBase, values: ValueReader): Record<string, string | null> {
  const contexts = values.map(value, `${here}.additional_contexts`);
  return Object.fromEntries(
    Object.entries(contexts).map(([name, place]) => {
      const service =
        place?.startsWith('service:') === true ? `target:${targetName(place.slice('service:'.length))}` : place;
      return [name, service === null ? null : rebase(service, base)];
    }),
  );
}

/** Targets have no dots in their names; services may. */
export function targetName(service: string): string {
  return service.replaceAll('.', '_');
}

/** `x-bake`: attributes of bake files that Compose has no word for. Lists are added to what Compose says. */
function withExtension(target: BakeTarget, section: Section, here: string, values: ValueReader): BakeTarget {
  const place = `${here}.x-bake`;
  const extension = values.object(section['x-bake'], place);
  const lists = ([key, value]: [string, unknown]) =>
    [
      key,
      typeof value === 'string' && key !== 'contexts' ? value.split(/\s+/).filter((word) => word !== '') : value,
    ] as const;
  return mergeTargets(
    target,
    readTarget(Object.fromEntries(Object.entries(extension).map(lists)), place, values),
    'append',
  );
}

function refuseUnknown(section: Section, here: string, values: ValueReader): void {
  const unknown = Object.keys(section).find((key) => !SAME.has(key) && !OWN.has(key) && !key.startsWith('x-'));
  if (unknown === undefined) return;
  const known = unknown === 'privileged' ? 'use entitlements: [security.insecure]' : undefined;
  throw values.fail(
    here,
    `${JSON.stringify(unknown)} is not supported`,
    known ?? `there are ${[...SAME.keys(), ...OWN].sort().join(', ')}`,
  );
}

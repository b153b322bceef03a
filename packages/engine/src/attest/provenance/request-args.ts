import type { BuildOptions } from '../../options.ts';
import { publicUrl } from '../public-url.ts';

/** Options of a build under the names that BuildKit's Dockerfile frontend has for them; nothing of the machine. */
export function frontendArgs(options: BuildOptions): Readonly<Record<string, string>> {
  const { buildArgs = {}, labels = {}, buildContexts = {}, addHosts = {}, ulimits = {}, sourceDateEpoch } = options;
  const args: [string, string | undefined][] = [
    ...prefixed('build-arg:', buildArgs),
    ...(sourceDateEpoch === undefined
      ? []
      : [['build-arg:SOURCE_DATE_EPOCH', String(sourceDateEpoch)] satisfies [string, string]]),
    ...prefixed('label:', labels),
    ...Object.entries(buildContexts).map(([name, place]): [string, string] => [`context:${name}`, contextText(place)]),
    ['add-hosts', joined(addHosts, (address) => address)],
    ['ulimit', joined(ulimits, ({ soft, hard }) => `${soft}:${hard}`)],
    ['force-network-mode', options.network === 'default' ? undefined : options.network],
    ['no-cache', noCache(options)],
    ['shm-size', options.shmSize === undefined ? undefined : String(options.shmSize)],
    ['target', options.target],
  ];
  const given = args.filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(given.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function prefixed(prefix: string, values: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(values).map(([name, value]) => [`${prefix}${name}`, value]);
}

function joined<T>(values: Readonly<Record<string, T>>, text: (value: T) => string): string | undefined {
  const entries = Object.entries(values);
  return entries.length === 0 ? undefined : entries.map(([name, value]) => `${name}=${text(value)}`).join(',');
}

/** Folders are `local:`, as where they are says something of the machine alone. */
function contextText(context: NonNullable<BuildOptions['buildContexts']>[string]): string {
  const isPlace = typeof context === 'string' && /^(?:[a-z-]+:\/\/|[\w-]+@)/.test(context);
  return isPlace && !/^(?:oci-layout|oci-archive|docker-archive|docker-daemon):/.test(context)
    ? publicUrl(context)
    : 'local:';
}

function noCache({ noCache: all = false, noCacheFilter = [] }: BuildOptions): string | undefined {
  if (all) return '';
  return noCacheFilter.length === 0 ? undefined : noCacheFilter.join(',');
}

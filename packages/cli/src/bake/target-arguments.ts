import type { BakeTarget } from '@tsbuild/bake';

type Writer = (target: BakeTarget) => readonly string[];

/**
 * The words of `tsbuild build` that build a target, so that a value means the same in a file as on the command line.
 * The Dockerfile and contexts of other targets are not among them: no flag has their meaning.
 */
export function targetArguments(target: BakeTarget): readonly string[] {
  return [...WRITERS.flatMap((write) => write(target)), '--', target.context ?? '.'];
}

const WRITERS: readonly Writer[] = [
  ({ args }) => pairs('--build-arg', args),
  ({ labels }) => pairs('--label', labels),
  ({ contexts }) => pairs('--build-context', contexts).filter((word) => !/^--build-context=[^=]*=target:/.test(word)),
  ({ 'extra-hosts': hosts }) =>
    Object.entries(hosts ?? {}).flatMap(([host, addresses]) =>
      (addresses ?? '').split(',').map((address) => `--add-host=${host}=${address}`),
    ),
  (target) => list('--annotation', target.annotations),
  (target) => list('--attest', target.attest),
  (target) => list('--cache-from', target['cache-from']),
  (target) => list('--cache-to', target['cache-to']),
  (target) => list('--allow', target.entitlements),
  (target) => list('--no-cache-filter', target['no-cache-filter']),
  (target) => list('--output', target.output),
  (target) => list('--platform', target.platforms),
  (target) => list('--secret', target.secret),
  (target) => list('--ssh', target.ssh),
  (target) => list('--tag', target.tags),
  (target) => list('--ulimit', target.ulimits),
  (target) => text('--call', target.call),
  (target) => text('--network', target.network),
  (target) => text('--shm-size', target['shm-size']),
  (target) => text('--target', target.target),
  (target) => (target['no-cache'] === true ? ['--no-cache'] : []),
  (target) => (target.pull === true ? ['--pull'] : []),
];

function text(flag: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [`${flag}=${value}`];
}

function list(flag: string, values: readonly string[] = []): readonly string[] {
  return values.map((value) => `${flag}=${value}`);
}

function pairs(flag: string, map: BakeTarget['args'] = {}): readonly string[] {
  return Object.entries(map).flatMap(([key, value]) => (value === null ? [] : [`${flag}=${key}=${value}`]));
}

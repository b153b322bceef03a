import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { BUILD_FLAGS } from './build-flags.ts';
import { DOCUMENTED_FLAGS } from './documented-flags.ts';
import { flagsPage } from './flags-doc.ts';
import { parseFlags } from './parse-flags.ts';

/** What `docker build --help` of Docker 28 and `docker buildx build --help` of buildx 0.31 list, and what buildx hides. */
const DOCKER = `add-host build-arg cache-from cgroup-parent compress cpu-period cpu-quota cpu-shares cpuset-cpus cpuset-mems
  disable-content-trust file force-rm iidfile isolation label memory memory-swap network no-cache output platform progress
  pull quiet rm secret security-opt shm-size squash ssh tag target ulimit`;
const BUILDX = `add-host allow annotation attest build-arg build-context builder cache-from cache-to call cgroup-parent check
  debug file iidfile label load metadata-file network no-cache no-cache-filter output platform policy progress provenance pull
  push quiet resource sbom secret shm-size ssh tag target ulimit print memory memory-swap cpu-shares cpu-period cpu-quota
  cpuset-cpus cpuset-mems compress isolation security-opt squash rm force-rm`;
const OURS = [
  'dry-run',
  'explain',
  'ignore-chown-errors',
  'max-parallelism',
  'modes',
  'on-error',
  'pids-limit',
  'report',
  'root',
  'runner',
  'sign',
  'source-date-epoch',
  'step-timeout',
  'ttl',
];

test('the table has every flag of docker build and docker buildx build, and nothing else but ours', () => {
  const theirs = `${DOCKER} ${BUILDX}`.split(/\s+/);
  expect(BUILD_FLAGS.map(({ name }) => name)).toEqual([...new Set([...theirs, ...OURS])].sort());
});

test('short names are those of docker, each given once', () => {
  const short = BUILD_FLAGS.flatMap((flag) => (flag.short === undefined ? [] : [`${flag.short} ${flag.name}`]));
  expect(short).toEqual(['c cpu-shares', 'D debug', 'f file', 'm memory', 'o output', 'q quiet', 't tag']);
});

test('the page in the documentation is the one that the table makes', async () => {
  const page = await readFile(new URL('../../../../docs/flags.md', import.meta.url), 'utf8');
  expect(page).toBe(flagsPage(DOCUMENTED_FLAGS));
});

describe('a flag that is not supported', () => {
  const refused = BUILD_FLAGS.filter((flag) => flag.status === 'refused');

  test.each(refused)('is refused by its name: --$name', (flag) => {
    const args =
      flag.kind === 'bool' && flag.harmless?.includes('true') ? [`--${flag.name}=false`] : [`--${flag.name}`, 'x'];
    const refusal = {
      code: 'ERR_TSBUILD_UNSUPPORTED_FLAG',
      message: `--${flag.name} is not supported: ${flag.reason}`,
    };
    expect(() => parseFlags(BUILD_FLAGS, [...args, '.'])).toThrow(expect.objectContaining(refusal));
  });

  test('is accepted with a value that asks for nothing', () => {
    const { values, positionals } = parseFlags(BUILD_FLAGS, [
      '--isolation=default',
      '--cgroup-parent',
      '',
      '--squash=false',
      '.',
    ]);
    expect([values.text('isolation'), positionals]).toEqual(['default', ['.']]);
  });
});

test('the last of several values counts, a list keeps all', () => {
  const { values } = parseFlags(BUILD_FLAGS, [
    '--target',
    'a',
    '-t',
    '1',
    '--target=b',
    '-t2',
    '--pull',
    '--pull=false',
  ]);
  expect([
    values.text('target'),
    values.list('tag'),
    values.bool('pull'),
    values.isSet('pull'),
    values.bool('push'),
  ]).toEqual(['b', ['1', '2'], false, true, false]);
});

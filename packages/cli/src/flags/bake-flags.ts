import { PROGRESS_MODES } from '../progress/mode.ts';
import { IGNORE_CHOWN_FLAG, PARALLELISM_FLAG, ROOT_FLAG, RUNNERS } from './common-flags.ts';
import type { Flag, SupportedFlag } from './flag.ts';

const bool = { kind: 'bool', origin: 'buildx' } as const;

const SUPPORTED = [
  { name: 'allow', ...list('ENTITLEMENT'), help: 'let RUN steps ask for network.host or security.insecure' },
  { name: 'debug', short: 'D', ...bool, help: 'show the stack of an error, as TSBUILD_DEBUG=1 does' },
  {
    name: 'env-file',
    kind: 'list',
    placeholder: 'FILE',
    origin: 'tsbuild',
    help: 'variables for Compose files (default .env)',
  },
  { name: 'file', short: 'f', ...list('FILE'), help: 'Compose or bake file (default those of the usual names)' },
  IGNORE_CHOWN_FLAG,
  { name: 'load', ...bool, help: 'the same as --set=*.output=type=docker' },
  PARALLELISM_FLAG,
  { name: 'metadata-file', ...string('FILE'), help: 'write the results to a file, as JSON, by target' },
  { name: 'no-cache', ...bool, help: 'run every step, whatever is recorded' },
  { name: 'print', ...bool, help: 'print what would be built as a bake file, and build nothing' },
  {
    name: 'profile',
    kind: 'list',
    placeholder: 'NAME',
    origin: 'tsbuild',
    help: 'Compose services that belong to the default group (default $COMPOSE_PROFILES)',
  },
  {
    name: 'progress',
    ...string('MODE'),
    values: PROGRESS_MODES,
    help: 'auto, plain, tty, quiet, none or rawjson (default auto)',
  },
  { name: 'provenance', ...string('BOOL|MODE'), help: 'the same as --set=*.attest=type=provenance' },
  { name: 'pull', ...bool, help: 'ask the registry for newer base images' },
  { name: 'push', ...bool, help: 'the same as --set=*.output=type=registry' },
  ROOT_FLAG,
  {
    name: 'runner',
    kind: 'string',
    placeholder: 'RUNNER',
    values: RUNNERS,
    origin: 'tsbuild',
    help: 'what runs RUN steps: builtin, runc or crun',
  },
  { name: 'sbom', ...string('BOOL'), help: 'the same as --set=*.attest=type=sbom' },
  { name: 'set', ...list('TARGET.KEY=VALUE'), help: 'override an attribute of the targets that match' },
] as const satisfies readonly SupportedFlag[];

const REFUSED = [
  {
    name: 'builder',
    ...string('NAME'),
    status: 'refused',
    reason: 'there are no builder instances',
    harmless: ['', 'default'],
  },
  {
    name: 'call',
    ...string('METHOD'),
    status: 'refused',
    reason: 'targets are only built',
    mend: 'use tsbuild build --call',
  },
  { name: 'check', ...bool, status: 'refused', reason: 'targets are only built', mend: 'use tsbuild build --check' },
  {
    name: 'list',
    ...string('KIND'),
    status: 'refused',
    reason: '--print shows targets and groups',
    mend: 'use --print',
  },
  { name: 'policy', ...string('POLICY'), status: 'refused', reason: 'policies belong to tsbuild build' },
  {
    name: 'var',
    ...list('NAME=VALUE'),
    status: 'refused',
    reason: 'variables are from the environment',
    mend: 'NAME=VALUE tsbuild bake …',
  },
] as const satisfies readonly Flag[];

/** Every flag of `docker buildx bake`, and our own. */
export const BAKE_FLAGS: readonly (Flag & { readonly name: BakeFlagName })[] = [
  ...SUPPORTED.map((flag) => ({ ...flag, status: 'supported' as const })),
  ...REFUSED,
].sort((a, b) => (a.name < b.name ? -1 : 1));

export type BakeFlagName = (typeof SUPPORTED)[number]['name'] | (typeof REFUSED)[number]['name'];

function string(placeholder: string) {
  return { kind: 'string', placeholder, origin: 'buildx' } as const;
}

function list(placeholder: string) {
  return { kind: 'list', placeholder, origin: 'buildx' } as const;
}

import { PROGRESS_MODES } from '../../progress/mode.ts';
import { ROOT_FLAG, RUNNERS } from '../common-flags.ts';
import type { SupportedFlag } from '../flag.ts';

const docker = { origin: 'docker' } as const;
const buildx = { origin: 'buildx' } as const;
const tsbuild = { origin: 'tsbuild' } as const;
const bool = { kind: 'bool' } as const;

/** The flags of `tsbuild build` that do what they say. */
export const SUPPORTED_BUILD_FLAGS = [
  { name: 'add-host', ...list('HOST:IP'), ...docker, help: 'add a line to /etc/hosts of RUN steps' },
  {
    name: 'allow',
    ...list('ENTITLEMENT'),
    ...buildx,
    help: 'let RUN steps ask for network.host or security.insecure',
  },
  {
    name: 'annotation',
    ...list('[LEVEL:]KEY=VALUE'),
    ...buildx,
    help: 'annotate the manifests, or at index, manifest-descriptor, index-descriptor; LEVEL[PLATFORM] for one platform',
  },
  {
    name: 'attest',
    ...list('type=TYPE[,KEY=VALUE]'),
    ...buildx,
    help: 'attach provenance or an sbom to the image',
  },
  { name: 'build-arg', ...list('KEY[=VALUE]'), ...docker, help: 'set an ARG; without a value, from the environment' },
  {
    name: 'build-context',
    ...list('NAME=PLACE'),
    ...buildx,
    help: 'what an image or stage of that name is instead: folder, docker-image://, oci-layout://, oci-archive://, docker-archive://, docker-daemon://, git or web URL',
  },
  {
    name: 'cache-from',
    ...list('NAME|type=TYPE[,KEY=VALUE]'),
    ...docker,
    help: 'a shared cache to read: a registry (or an image that carries one), local or http',
  },
  {
    name: 'cache-to',
    ...list('NAME|type=TYPE[,KEY=VALUE]'),
    ...buildx,
    help: 'a shared cache to write: registry, local, http or inline',
  },
  {
    name: 'call',
    ...string('METHOD'),
    values: ['build', 'check', 'outline', 'targets'],
    ...buildx,
    help: 'build, check, outline or targets, each with [,format=json] (default build)',
  },
  { name: 'check', ...bool, ...buildx, help: 'check the Dockerfile, and build nothing' },
  { name: 'debug', short: 'D', ...bool, ...buildx, help: 'show the stack of an error, as TSBUILD_DEBUG=1 does' },
  { name: 'dry-run', ...bool, ...tsbuild, help: 'say what would run and why, and run nothing' },
  { name: 'explain', ...bool, ...tsbuild, help: 'say of every step whether it ran, and why' },
  {
    name: 'file',
    short: 'f',
    ...string('FILE'),
    ...docker,
    help: 'Dockerfile, or - for stdin (default PATH/Dockerfile)',
  },
  { name: 'iidfile', ...string('FILE'), ...docker, help: 'write the image id to a file' },
  { name: 'label', ...list('KEY[=VALUE]'), ...docker, help: 'add a label to the image' },
  {
    name: 'load',
    ...bool,
    ...buildx,
    help: 'load the image into Docker, podman or containerd, besides every --output',
  },
  { name: 'metadata-file', ...string('FILE'), ...buildx, help: 'write the result to a file, as JSON' },
  {
    name: 'modes',
    ...string('exact|git'),
    ...tsbuild,
    help: 'modes that copied files get: those on disk, or 0644 and 0755 as git keeps them (default exact)',
  },
  { name: 'network', ...string('default|host|none'), ...docker, help: 'network of RUN steps' },
  { name: 'no-cache', ...bool, ...docker, help: 'run every step, whatever is recorded' },
  { name: 'no-cache-filter', ...list('STAGE'), ...buildx, help: 'run every step of a stage' },
  { name: 'on-error', ...string('shell'), ...tsbuild, help: 'when a RUN step fails, open a shell in its root' },
  {
    name: 'output',
    short: 'o',
    ...list('type=TYPE[,KEY=VALUE]'),
    values: ['image', 'registry', 'oci', 'docker', 'local', 'tar'].map((type) => `type=${type}`),
    ...docker,
    help: 'image, registry, oci, docker, local or tar (default image); a folder alone is local, - a tar on stdout',
  },
  {
    name: 'platform',
    ...list('OS/ARCH'),
    values: ['linux/amd64', 'linux/arm64'],
    ...docker,
    help: 'platforms of the image; several make one index (default that of this machine)',
  },
  {
    name: 'policy',
    ...list('FILE'),
    ...buildx,
    help: "allow, deny or pin sources by BuildKit's source policy, in JSON",
  },
  {
    name: 'progress',
    ...string('MODE'),
    values: PROGRESS_MODES,
    ...docker,
    help: 'auto, plain, tty, quiet, none or rawjson (default auto)',
  },
  {
    name: 'provenance',
    ...string('BOOL|KEY=VALUE'),
    ...buildx,
    help: 'attach SLSA provenance: what the image was made of, and how',
  },
  { name: 'pull', ...bool, ...docker, help: 'ask the registry for newer base images' },
  { name: 'push', ...bool, ...buildx, help: 'push to the registries of the tags' },
  { name: 'quiet', short: 'q', ...bool, ...docker, help: 'print nothing but the image id' },
  { name: 'report', ...string('FILE'), ...tsbuild, help: 'write the build as an HTML page' },
  ROOT_FLAG,
  {
    name: 'runner',
    ...string('RUNNER'),
    values: RUNNERS,
    ...tsbuild,
    help: 'what runs RUN steps: builtin, runc or crun',
  },
  {
    name: 'sbom',
    ...string('BOOL|KEY=VALUE'),
    ...buildx,
    help: 'attach a bill of materials, in spdx (the default) or cyclonedx',
  },
  { name: 'secret', ...list('id=ID[,src=FILE|,env=VAR]'), ...docker, help: 'a secret for RUN --mount=type=secret' },
  { name: 'shm-size', ...string('BYTES'), ...docker, help: 'size of /dev/shm in RUN steps (default 64m)' },
  {
    name: 'sign',
    ...string('key=FILE[,KEY=VALUE]'),
    ...tsbuild,
    help: "sign what is pushed with a key of cosign's (password: $COSIGN_PASSWORD)",
  },
  {
    name: 'source-date-epoch',
    ...string('SECONDS'),
    ...tsbuild,
    help: 'latest time in the image (default $SOURCE_DATE_EPOCH)',
  },
  {
    name: 'squash',
    ...bool,
    ...docker,
    help: 'make one layer of all that is built on the base (see squash= of --output)',
  },
  { name: 'ssh', ...list('default|ID[=SOCKET|KEY]'), ...docker, help: 'an ssh agent or keys for RUN --mount=type=ssh' },
  { name: 'tag', short: 't', ...list('NAME[:TAG]'), ...docker, help: 'name of the image' },
  { name: 'target', ...string('STAGE'), ...docker, help: 'stage to build (default the last)' },
  {
    name: 'ttl',
    ...list('[STAGE=]DURATION'),
    ...tsbuild,
    help: 'run steps again whose recorded result is older, as 12h or deps=7d',
  },
  { name: 'ulimit', ...list('NAME=SOFT[:HARD]'), ...docker, help: 'limit what the processes of RUN steps may use' },
] as const satisfies readonly SupportedFlag[];

function string(placeholder: string) {
  return { kind: 'string', placeholder } as const;
}

function list(placeholder: string) {
  return { kind: 'list', placeholder } as const;
}

import type { RefusedFlag } from '../flag.ts';

const bool = { kind: 'bool' } as const;
const docker = { origin: 'docker' } as const;
const buildx = { origin: 'buildx' } as const;

/** The flags of docker and buildx that `tsbuild build` refuses, each with the reason. */
export const REFUSED_BUILD_FLAGS = [
  {
    name: 'builder',
    ...string('NAME'),
    ...buildx,
    reason: 'there are no builder instances',
    harmless: ['', 'default'],
  },
  {
    name: 'cgroup-parent',
    ...string('PATH'),
    ...docker,
    reason: "cgroups of RUN steps are made beside tsbuild's own",
    mend: 'start the build elsewhere: systemd-run --slice=NAME tsbuild build …',
    harmless: [''],
  },
  {
    name: 'isolation',
    ...string('KIND'),
    ...docker,
    reason: 'it is for Windows containers',
    harmless: ['', 'default'],
  },
  { name: 'print', ...string('METHOD'), ...buildx, reason: '--call has taken its place', mend: 'use --call' },
  {
    name: 'security-opt',
    ...list('OPTION'),
    ...docker,
    reason: 'the profile of the sandbox is fixed',
    mend: 'leave it out; --runner runc has the profile of runc',
  },
  {
    name: 'disable-content-trust',
    ...bool,
    ...docker,
    reason: 'signatures are not verified, digests always are',
    harmless: ['true'],
  },
] as const satisfies readonly RefusedFlag[];

function string(placeholder: string) {
  return { kind: 'string', placeholder } as const;
}

function list(placeholder: string) {
  return { kind: 'list', placeholder } as const;
}

import { TsbuildError } from './errors.ts';

/** @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-index.md#image-index-property-descriptions */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly 'os.version'?: string;
}

const ARCHITECTURE_ALIASES: ReadonlyMap<string, { architecture: string; variant?: string }> = new Map([
  ['x86_64', { architecture: 'amd64' }],
  ['x86-64', { architecture: 'amd64' }],
  ['i386', { architecture: '386' }],
  ['i486', { architecture: '386' }],
  ['i586', { architecture: '386' }],
  ['i686', { architecture: '386' }],
  ['aarch64', { architecture: 'arm64' }],
  ['armhf', { architecture: 'arm', variant: 'v7' }],
  ['armel', { architecture: 'arm', variant: 'v6' }],
]);

const OPERATING_SYSTEMS = new Set([
  'aix',
  'android',
  'darwin',
  'dragonfly',
  'freebsd',
  'illumos',
  'ios',
  'js',
  'linux',
  'netbsd',
  'openbsd',
  'plan9',
  'solaris',
  'wasi',
  'wasip1',
  'windows',
]);

const ARCHITECTURES = new Set([
  '386',
  'amd64',
  'arm',
  'arm64',
  'loong64',
  'mips',
  'mips64',
  'mips64le',
  'mipsle',
  'ppc64',
  'ppc64le',
  'riscv64',
  's390x',
  'wasm',
]);

const COMPONENT = /^[A-Za-z0-9_.-]+$/;

/**
 * Reads `os/arch[/variant]`, a known `arch` alone (os of the host's containers, linux) or `os` alone, with the usual aliases.
 * @throws {TsbuildError} ERR_TSBUILD_INVALID_PLATFORM
 */
export function parsePlatform(text: string): Platform {
  const parts = text.trim().toLowerCase().split('/');
  const [first = '', second, third] = parts;
  if (parts.length > 3 || !parts.every((part) => COMPONENT.test(part))) throw invalidPlatform(text);
  if (second === undefined) {
    if (OPERATING_SYSTEMS.has(first)) return normalize(first, hostPlatform().architecture, undefined);
    if (first === 'macos') return normalize('darwin', hostPlatform().architecture, undefined);
    const known = normalize('linux', first, undefined);
    if (ARCHITECTURES.has(known.architecture)) return known;
    throw invalidPlatform(text);
  }
  return normalize(first === 'macos' ? 'darwin' : first, second, third);
}

function normalize(os: string, arch: string, variant: string | undefined): Platform {
  const alias = ARCHITECTURE_ALIASES.get(arch);
  const architecture = alias?.architecture ?? arch;
  const kept = normalizeVariant(architecture, variant ?? alias?.variant);
  return kept === undefined ? { os, architecture } : { os, architecture, variant: kept };
}

function normalizeVariant(architecture: string, variant: string | undefined): string | undefined {
  if (architecture === 'arm64') return variant === '8' || variant === 'v8' ? undefined : variant;
  if (architecture === 'amd64') return variant === 'v1' ? undefined : variant;
  if (architecture !== 'arm') return variant;
  if (variant === undefined || variant === '7') return 'v7';
  return /^[568]$/.test(variant) ? `v${variant}` : variant;
}

/** `os/arch`, with `/variant` where there is one. */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  return variant === undefined ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`;
}

const NODE_ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', arm: 'arm', arm64: 'arm64' };

/** The platform that images for this machine have: always Linux, as containers are. */
export function hostPlatform(): Platform {
  return normalize('linux', NODE_ARCHITECTURES[process.arch] ?? process.arch, undefined);
}

/** True when system, architecture and variant are the same. */
export function samePlatform(a: Platform, b: Platform): boolean {
  return formatPlatform(a) === formatPlatform(b);
}

function invalidPlatform(text: string): TsbuildError {
  return new TsbuildError('ERR_TSBUILD_INVALID_PLATFORM', `invalid platform ${JSON.stringify(text)}`, {
    hint: 'expected os/arch or os/arch/variant, such as linux/amd64',
  });
}

import { packageUrl } from '../package-url.ts';
import { readStanzas } from './control-text.ts';
import type { Distribution, FoundPackage } from './found-package.ts';

/** Packages of `var/lib/dpkg/status` or of a file in `status.d` (distroless); removed ones are left out. */
export function readDpkg(text: string, path: string, distribution: Distribution | undefined): FoundPackage[] {
  const found: FoundPackage[] = [];
  for (const stanza of readStanzas(text)) {
    const name = stanza.get('package');
    const version = stanza.get('version');
    const status = stanza.get('status') ?? 'install ok installed';
    if (!name || !version || !/\binstalled$/.test(status)) continue;
    const supplier = stanza.get('maintainer');
    found.push({
      kind: 'deb',
      name,
      version,
      purl: packageUrl({
        type: 'deb',
        namespace: distribution?.id ?? 'debian',
        name,
        version,
        qualifiers: { arch: stanza.get('architecture'), distro: distroOf(distribution) },
      }),
      licenses: [],
      foundIn: [path],
      ...(supplier ? { supplier } : {}),
    });
  }
  return found;
}

/** `debian-12`, as scanners write it. */
export function distroOf(distribution: Distribution | undefined): string | undefined {
  if (distribution?.versionId === undefined) return distribution?.id;
  return `${distribution.id}-${distribution.versionId}`;
}

/**
 * Short names of licences in a machine-readable `copyright` file.
 * @see https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
 */
export function readCopyright(text: string): string[] {
  if (!/^Format(?:-Specification)?:/im.test(text.slice(0, 4096))) return [];
  const names = new Set<string>();
  for (const stanza of readStanzas(text)) {
    const name = stanza.get('license')?.split('\n', 1)[0]?.trim();
    if (name) names.add(name);
  }
  return [...names].sort();
}

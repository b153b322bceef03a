import { packageUrl } from '../package-url.ts';
import { linesOf } from './control-text.ts';
import type { Distribution, FoundPackage } from './found-package.ts';
import { distroOf } from './read-dpkg.ts';

/** Packages of Alpine's `lib/apk/db/installed`: one letter a field, blank lines between packages. */
export function readApk(text: string, path: string, distribution: Distribution | undefined): FoundPackage[] {
  const found: FoundPackage[] = [];
  let fields = new Map<string, string>();
  const take = () => {
    const name = fields.get('P');
    const version = fields.get('V');
    if (name && version) found.push(apkPackage(name, version, fields, path, distribution));
    fields = new Map();
  };
  for (const line of linesOf(text)) {
    if (line === '') take();
    else if (line[1] === ':' && !fields.has(line.slice(0, 1))) fields.set(line.slice(0, 1), line.slice(2).trim());
  }
  take();
  return found;
}

function apkPackage(
  name: string,
  version: string,
  fields: ReadonlyMap<string, string>,
  path: string,
  distribution: Distribution | undefined,
): FoundPackage {
  const license = fields.get('L');
  const supplier = fields.get('m');
  const qualifiers = { arch: fields.get('A'), distro: distroOf(distribution) };
  return {
    kind: 'apk',
    name,
    version,
    purl: packageUrl({ type: 'apk', namespace: distribution?.id ?? 'alpine', name, version, qualifiers }),
    licenses: license ? [license] : [],
    foundIn: [path],
    ...(supplier ? { supplier } : {}),
  };
}

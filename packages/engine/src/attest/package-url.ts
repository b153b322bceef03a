/** The parts of a package URL; `version` and qualifiers that are empty are left out. */
export interface PackageUrlParts {
  readonly type: string;
  readonly namespace?: string;
  readonly name: string;
  readonly version?: string | undefined;
  readonly qualifiers?: Readonly<Record<string, string | undefined>>;
}

/** @see https://github.com/package-url/purl-spec */
export function packageUrl({ type, namespace = '', name, version = '', qualifiers = {} }: PackageUrlParts): string {
  const place = [...namespace.split('/'), ...name.split('/')].filter((part) => part !== '').map(encode);
  const pairs = Object.entries(qualifiers)
    .flatMap(([key, value]) => (value === undefined || value === '' ? [] : [`${key}=${encode(value)}`]))
    .sort();
  const query = pairs.length === 0 ? '' : `?${pairs.join('&')}`;
  return `pkg:${type}/${place.join('/')}${version === '' ? '' : `@${encode(version)}`}${query}`;
}

/** Everything but letters, digits and `.-_~:`; text that is no Unicode is mended first. */
function encode(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString('utf8'))
    .replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%3A', ':');
}

import { packageUrl } from '../package-url.ts';
import { readStanzas, type Stanza } from './control-text.ts';
import type { FoundPackage } from './found-package.ts';

/**
 * The distribution that a `METADATA` or `PKG-INFO` file describes.
 * @see https://packaging.python.org/en/latest/specifications/core-metadata/
 */
export function readPython(text: string, path: string): FoundPackage[] {
  const [headers] = readStanzas(text);
  const name = headers?.get('name');
  const version = headers?.get('version');
  if (headers === undefined || !name || !version) return [];
  const supplier = headers.get('author') || headers.get('maintainer');
  return [
    {
      kind: 'pypi',
      name,
      version,
      purl: packageUrl({ type: 'pypi', name: name.toLowerCase().replace(/[-_.]+/g, '-'), version }),
      licenses: licensesOf(headers),
      foundIn: [path],
      ...(supplier ? { supplier: supplier.replaceAll('\n', ' ') } : {}),
    },
  ];
}

/** `License` may hold the whole text of one: then it names nothing. */
function licensesOf(headers: Stanza): string[] {
  const expression = headers.get('license-expression');
  if (expression) return [expression];
  const name = headers.get('license');
  return name && name.toUpperCase() !== 'UNKNOWN' && !name.includes('\n') && name.length <= 200 ? [name] : [];
}

import { createHash } from 'node:crypto';
import parseExpression from 'spdx-expression-parse';

/** A licence that SPDX does not know by the name it was stated with. */
export interface ForeignLicense {
  /** `LicenseRef-…` */
  readonly id: string;
  readonly name: string;
}

export interface StatedLicense {
  /** A valid SPDX expression: the licence as stated, or the reference to a foreign one. */
  readonly expression: string;
  readonly foreign?: ForeignLicense;
}

/** Longer expressions are taken for foreign ones. */
const MAX_LENGTH = 1024;
const MAX_ID_LENGTH = 64;

/** What a licence is called in an SPDX document. */
export function statedLicense(stated: string): StatedLicense {
  if (isExpression(stated)) return { expression: stated };
  const name = stated.slice(0, MAX_LENGTH);
  const id = `LicenseRef-${idOf(name)}`;
  return { expression: id, foreign: { id, name } };
}

/** Several licences hold at once: nobody said that one may be chosen. */
export function joinLicenses(licenses: readonly StatedLicense[]): string | undefined {
  const [first, ...others] = licenses.map(({ expression }) => expression);
  if (first === undefined || others.length === 0) return first;
  return [first, ...others].map((text) => (text.includes(' ') ? `(${text})` : text)).join(' AND ');
}

function isExpression(text: string): boolean {
  if (text.length > MAX_LENGTH) return false;
  try {
    parseExpression(text);
    return true;
  } catch {
    return false;
  }
}

/** Names that differ in letters which ids cannot have are told apart by a digest. */
function idOf(name: string): string {
  const id = name.replace(/[^A-Za-z0-9.-]+/g, '-').slice(0, MAX_ID_LENGTH);
  if (id === name) return id;
  return `${id}-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}

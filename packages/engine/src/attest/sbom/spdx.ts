import { createHash } from 'node:crypto';
import { digestHex } from '@tsbuild/core';
import type { FoundPackage, Inventory } from './found-package.ts';
import { joinLicenses, type StatedLicense, statedLicense } from './license-expression.ts';
import { contentUuid, type SbomSubject, wholeSeconds } from './sbom-subject.ts';

export const SPDX_PREDICATE_TYPE = 'https://spdx.dev/Document';

const IMAGE_ID = 'SPDXRef-Image';
const UNKNOWN = 'NOASSERTION';

/** The inventory as an SPDX 2.3 document. @see https://spdx.github.io/spdx-spec/v2.3/ */
export function spdxDocument(inventory: Inventory, subject: SbomSubject): object {
  const licenses = new Map(
    inventory.packages.flatMap((found) => found.licenses).map((stated) => [stated, statedLicense(stated)]),
  );
  const content = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: subject.name,
    creationInfo: { created: wholeSeconds(subject.created), creators: ['Tool: tsbuild'] },
    packages: [imagePackage(subject), ...inventory.packages.map((found) => spdxPackage(found, licenses))],
    ...extractedLicenses([...licenses.values()]),
    relationships: [
      relationship('SPDXRef-DOCUMENT', 'DESCRIBES', IMAGE_ID),
      ...inventory.packages.map(({ purl }) => relationship(IMAGE_ID, 'CONTAINS', idOf(purl))),
    ],
  };
  return { ...content, documentNamespace: `https://spdx.org/spdxdocs/tsbuild-${contentUuid(content)}` };
}

function imagePackage({ name, id }: SbomSubject): object {
  return {
    SPDXID: IMAGE_ID,
    name,
    versionInfo: id,
    primaryPackagePurpose: 'CONTAINER',
    downloadLocation: UNKNOWN,
    filesAnalyzed: false,
    licenseConcluded: UNKNOWN,
    licenseDeclared: UNKNOWN,
    copyrightText: UNKNOWN,
    checksums: [{ algorithm: 'SHA256', checksumValue: digestHex(id) }],
  };
}

function spdxPackage(found: FoundPackage, licenses: ReadonlyMap<string, StatedLicense>): object {
  const { name, version, purl, foundIn, supplier } = found;
  const stated = found.licenses.flatMap((license) => licenses.get(license) ?? []);
  return {
    SPDXID: idOf(purl),
    name,
    versionInfo: version,
    ...(supplier === undefined ? {} : { supplier: spdxSupplier(found.kind, supplier) }),
    downloadLocation: UNKNOWN,
    filesAnalyzed: false,
    sourceInfo: `found in ${foundIn.map((path) => `/${path}`).join(', ')}`,
    licenseConcluded: UNKNOWN,
    licenseDeclared: joinLicenses(stated) ?? UNKNOWN,
    copyrightText: UNKNOWN,
    externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }],
  };
}

/** Distributions are made by teams, libraries by people; nobody tells them apart further. */
function spdxSupplier(kind: FoundPackage['kind'], supplier: string): string {
  const who = kind === 'deb' || kind === 'apk' ? 'Organization' : 'Person';
  return `${who}: ${supplier.replace(/\s*<([^<>]*)>.*$/, ' ($1)').trim()}`;
}

function extractedLicenses(licenses: readonly StatedLicense[]): object {
  const foreign = licenses.flatMap((license) => license.foreign ?? []).sort((a, b) => (a.id < b.id ? -1 : 1));
  if (foreign.length === 0) return {};
  return {
    hasExtractedLicensingInfos: foreign.map(({ id, name }) => ({ licenseId: id, name, extractedText: name })),
  };
}

function relationship(spdxElementId: string, relationshipType: string, relatedSpdxElement: string): object {
  return { spdxElementId, relationshipType, relatedSpdxElement };
}

function idOf(purl: string): string {
  return `SPDXRef-Package-${createHash('sha256').update(purl).digest('hex').slice(0, 20)}`;
}

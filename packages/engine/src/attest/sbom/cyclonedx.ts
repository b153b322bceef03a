import { digestHex } from '@tsbuild/core';
import type { Distribution, FoundPackage, Inventory } from './found-package.ts';
import { statedLicense } from './license-expression.ts';
import { contentUuid, type SbomSubject, wholeSeconds } from './sbom-subject.ts';

export const CYCLONEDX_PREDICATE_TYPE = 'https://cyclonedx.org/bom';

/** The inventory as a CycloneDX 1.6 document. @see https://cyclonedx.org/docs/1.6/json/ */
export function cyclonedxDocument({ packages, distribution }: Inventory, subject: SbomSubject): object {
  const content = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      timestamp: wholeSeconds(subject.created),
      tools: { components: [{ type: 'application', name: 'tsbuild' }] },
      component: imageComponent(subject),
    },
    components: [...(distribution === undefined ? [] : [systemComponent(distribution)]), ...packages.map(component)],
  };
  return { ...content, serialNumber: `urn:uuid:${contentUuid(content)}` };
}

function imageComponent({ name, id }: SbomSubject): object {
  return {
    type: 'container',
    'bom-ref': id,
    name,
    version: id,
    hashes: [{ alg: 'SHA-256', content: digestHex(id) }],
  };
}

function systemComponent({ id, versionId, name }: Distribution): object {
  return {
    type: 'operating-system',
    'bom-ref': `os:${id}`,
    name: id,
    ...(versionId === undefined ? {} : { version: versionId }),
    description: name,
  };
}

function component({ kind, name, version, purl, licenses, foundIn, supplier }: FoundPackage): object {
  const slash = kind === 'npm' ? name.lastIndexOf('/') : -1;
  return {
    type: 'library',
    'bom-ref': purl,
    ...(slash === -1 ? {} : { group: name.slice(0, slash) }),
    name: name.slice(slash + 1),
    version,
    ...(supplier === undefined ? {} : { publisher: supplier }),
    ...(licenses.length === 0 ? {} : { licenses: licenseChoices(licenses) }),
    purl,
    evidence: { occurrences: foundIn.map((path) => ({ location: `/${path}` })) },
  };
}

/** One expression, or names: the format allows no mixture. */
function licenseChoices(licenses: readonly string[]): object[] {
  const [only] = licenses;
  if (licenses.length === 1 && only !== undefined && statedLicense(only).foreign === undefined) {
    return [{ expression: only }];
  }
  return licenses.map((name) => ({ license: { name } }));
}

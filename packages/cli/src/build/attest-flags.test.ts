import { expect, test } from 'vitest';
import { readAttestations } from './attest-flags.ts';

const NONE = { attest: [], provenance: undefined, sbom: undefined };

test('booleans ask for the defaults, or turn off', () => {
  expect(readAttestations(NONE)).toEqual({});
  expect(readAttestations({ ...NONE, provenance: 'true', sbom: '1' })).toEqual({ provenance: {}, sbom: {} });
  expect(readAttestations({ ...NONE, provenance: 'false', sbom: 'F' })).toEqual({ provenance: false, sbom: false });
});

test('keys say more', () => {
  expect(
    readAttestations({ ...NONE, provenance: 'mode=min,builder-id=https://ci.example/1,reproducible=true' }),
  ).toEqual({
    provenance: { mode: 'min', builderId: 'https://ci.example/1', reproducible: true },
  });
  expect(readAttestations({ ...NONE, sbom: 'format=cyclonedx' })).toEqual({ sbom: { format: 'cyclonedx' } });
});

test('--attest is the long form of both', () => {
  const attest = ['type=provenance,mode=full,version=v1', 'type=sbom,disabled=false'];

  expect(readAttestations({ ...NONE, attest })).toEqual({ provenance: { mode: 'max' }, sbom: {} });
  expect(readAttestations({ ...NONE, attest: ['type=sbom,disabled=true'] })).toEqual({ sbom: false });
});

test.each([
  [{ ...NONE, provenance: 'mode=medium' }, 'invalid value "medium" for mode of --provenance'],
  [{ ...NONE, provenance: 'version=v0.2' }, 'invalid value "v0.2" for version of --provenance'],
  [{ ...NONE, provenance: 'reproducible=perhaps' }, 'invalid value "perhaps" for reproducible of --provenance'],
  [{ ...NONE, provenance: 'inline-only=true' }, '--provenance does not support "inline-only"'],
  [{ ...NONE, provenance: 'max' }, 'malformed value of --provenance: max'],
  [{ ...NONE, sbom: 'generator=docker/scout' }, '--sbom does not support generator: tsbuild reads the image itself'],
  [{ ...NONE, attest: ['mode=max'] }, '--attest mode=max has no type'],
  [{ ...NONE, attest: ['type=signature'] }, 'invalid value "signature" for type of --attest'],
  [{ ...NONE, attest: ['type=sbom'], sbom: 'true' }, 'attestations of type sbom were asked for twice'],
])('%j is refused', (flags, message) => {
  expect(() => readAttestations(flags)).toThrow(message);
});

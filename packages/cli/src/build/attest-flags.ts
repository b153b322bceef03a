import { UsageError } from '@tsbuild/core';
import type { BuildOptions, ProvenanceOptions, SbomOptions } from '@tsbuild/engine';
import { readCsvPairs } from '../flags/csv.ts';
import { oneOf } from './choice.ts';

type Attestations = Pick<BuildOptions, 'provenance' | 'sbom'>;
type Kind = keyof Attestations;
type Fields = ReadonlyMap<string, string>;

export interface AttestationFlags {
  /** Values of `--attest`. */
  readonly attest: readonly string[];
  readonly provenance: string | undefined;
  readonly sbom: string | undefined;
}

const KEYS: Readonly<Record<Kind, readonly string[]>> = {
  provenance: ['mode', 'version', 'builder-id', 'reproducible', 'disabled'],
  sbom: ['format', 'disabled'],
};

/**
 * `--attest type=provenance|sbom[,KEY=VALUE]…` and its short forms `--provenance` and `--sbom`, each a boolean or keys.
 * @throws {UsageError}
 */
export function readAttestations({ attest, provenance, sbom }: AttestationFlags): Attestations {
  const asked = [
    ...attest.map((text) => ofType('--attest', text, readCsvPairs('--attest', text))),
    ...short('provenance', provenance),
    ...short('sbom', sbom),
  ];
  const kinds = asked.map(({ kind }) => kind);
  const twice = kinds.find((kind, at) => kinds.indexOf(kind) !== at);
  if (twice !== undefined) throw new UsageError(`attestations of type ${twice} were asked for twice`);
  return Object.assign({}, ...asked.map(toOptions));
}

interface Asked {
  readonly kind: Kind;
  readonly flag: string;
  readonly fields: Fields;
}

function ofType(flag: string, text: string, fields: Fields): Asked {
  const type = fields.get('type');
  if (type === undefined)
    throw new UsageError(`${flag} ${text} has no type`, { hint: 'expected type=provenance|sbom' });
  const kind = oneOf(`type of ${flag}`, type, ['provenance', 'sbom']);
  return { kind, flag, fields: new Map([...fields].filter(([key]) => key !== 'type')) };
}

function short(kind: Kind, text: string | undefined): Asked[] {
  if (text === undefined || text === '') return [];
  const flag = `--${kind}`;
  const wanted = boolean(text);
  if (wanted !== undefined) return [{ kind, flag, fields: new Map([['disabled', String(!wanted)]]) }];
  return [{ kind, flag, fields: readCsvPairs(flag, text) }];
}

function toOptions({ kind, flag, fields }: Asked): Attestations {
  const unknown = [...fields.keys()].find((key) => !KEYS[kind].includes(key));
  if (unknown === 'generator')
    throw new UsageError(`${flag} does not support generator: tsbuild reads the image itself`, {
      hint: 'leave it out',
    });
  if (unknown !== undefined) {
    throw new UsageError(`${flag} does not support ${JSON.stringify(unknown)}`, {
      hint: `it has ${KEYS[kind].join(', ')}`,
    });
  }
  if (booleanOf(flag, 'disabled', fields) === true) return { [kind]: false };
  return kind === 'provenance' ? { provenance: provenanceOptions(flag, fields) } : { sbom: sbomOptions(flag, fields) };
}

function provenanceOptions(flag: string, fields: Fields): ProvenanceOptions {
  const mode = fields.get('mode');
  const builderId = fields.get('builder-id');
  const reproducible = booleanOf(flag, 'reproducible', fields);
  oneOf(`version of ${flag}`, fields.get('version') ?? 'v1', ['v1']);
  return {
    // `full` is an old name.
    ...(mode === undefined ? {} : { mode: oneOf(`mode of ${flag}`, mode === 'full' ? 'max' : mode, ['min', 'max']) }),
    ...(builderId === undefined ? {} : { builderId }),
    ...(reproducible === undefined ? {} : { reproducible }),
  };
}

function sbomOptions(flag: string, fields: Fields): SbomOptions {
  const format = fields.get('format');
  return format === undefined ? {} : { format: oneOf(`format of ${flag}`, format, ['spdx', 'cyclonedx']) };
}

function booleanOf(flag: string, key: string, fields: Fields): boolean | undefined {
  const text = fields.get(key);
  const value = text === undefined ? undefined : boolean(text);
  if (text !== undefined && value === undefined) oneOf(`${key} of ${flag}`, text, ['true', 'false']);
  return value;
}

function boolean(text: string): boolean | undefined {
  if (/^(?:true|1|t)$/i.test(text)) return true;
  return /^(?:false|0|f)$/i.test(text) ? false : undefined;
}

import { syntaxError } from '../errors.ts';
import type {
  ExposeInstruction,
  MaintainerInstruction,
  StopsignalInstruction,
  UserInstruction,
  VolumeInstruction,
  WorkdirInstruction,
} from '../instructions.ts';
import { splitAtBlanks, trimSpace } from '../read/space.ts';
import { parseFlags } from './flags.ts';
import { atLeastOne, exactlyOne, type InstructionLine } from './instruction-line.ts';

export function parseExpose({ base, flags, rest }: InstructionLine): ExposeInstruction {
  if (rest === '') throw atLeastOne('EXPOSE');
  parseFlags(flags, {});
  return { kind: 'EXPOSE', ports: splitAtBlanks(rest), ...base };
}

export function parseUser({ base, flags, rest }: InstructionLine): UserInstruction {
  const user = exactlyOne('USER', rest);
  parseFlags(flags, {});
  return { kind: 'USER', user, ...base };
}

export function parseWorkdir({ base, flags, rest }: InstructionLine): WorkdirInstruction {
  const path = exactlyOne('WORKDIR', rest);
  parseFlags(flags, {});
  return { kind: 'WORKDIR', path, ...base };
}

export function parseVolume({ base, flags, rest, json }: InstructionLine): VolumeInstruction {
  const paths = (json ?? splitAtBlanks(rest)).map(trimSpace);
  if (paths.length === 0) throw atLeastOne('VOLUME');
  parseFlags(flags, {});
  if (paths.includes('')) throw syntaxError('VOLUME specified can not be an empty string');
  return { kind: 'VOLUME', paths, ...base };
}

/** Flags before the signal are ignored, as BuildKit does. */
export function parseStopsignal({ base, rest }: InstructionLine): StopsignalInstruction {
  return { kind: 'STOPSIGNAL', signal: exactlyOne('STOPSIGNAL', rest), ...base };
}

export function parseMaintainer({ base, flags, rest }: InstructionLine): MaintainerInstruction {
  const maintainer = exactlyOne('MAINTAINER', rest);
  parseFlags(flags, {});
  return { kind: 'MAINTAINER', maintainer, ...base };
}

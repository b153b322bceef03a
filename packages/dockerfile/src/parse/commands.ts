import { syntaxError } from '../errors.ts';
import type { CmdInstruction, EntrypointInstruction, ShellInstruction } from '../instructions.ts';
import { parseFlags } from './flags.ts';
import { atLeastOne, type InstructionLine } from './instruction-line.ts';
import { toCommand } from './run.ts';

export function parseCmd({ base, flags, rest, json }: InstructionLine): CmdInstruction {
  parseFlags(flags, {});
  return { kind: 'CMD', command: toCommand(rest, json), ...base };
}

export function parseEntrypoint({ base, flags, rest, json }: InstructionLine): EntrypointInstruction {
  parseFlags(flags, {});
  return { kind: 'ENTRYPOINT', command: toCommand(rest, json), ...base };
}

export function parseShell({ base, flags, rest, json }: InstructionLine): ShellInstruction {
  parseFlags(flags, {});
  if (rest === '' || json?.length === 0) throw atLeastOne('SHELL');
  if (json === undefined) {
    throw syntaxError('SHELL requires the arguments to be in JSON form', 'such as SHELL ["/bin/bash", "-c"]');
  }
  return { kind: 'SHELL', shell: json, ...base };
}

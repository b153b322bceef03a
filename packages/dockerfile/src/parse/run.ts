import { quote, syntaxError } from '../errors.ts';
import { checkRunMount } from '../expand/run-mounts.ts';
import type { CommandForm, RunInstruction } from '../instructions.ts';
import { parseFlags } from './flags.ts';
import type { InstructionLine } from './instruction-line.ts';

const FLAGS = { mount: 'strings', network: 'string', security: 'string' } as const;

export function parseRun({ base, flags, rest, json, heredocs }: InstructionLine): RunInstruction {
  const { mount, network = 'default', security = 'sandbox' } = parseFlags(flags, FLAGS);
  if (network !== 'default' && network !== 'none' && network !== 'host') {
    throw syntaxError(`invalid network mode ${quote(network)}`, 'expected default, none or host');
  }
  if (security !== 'sandbox' && security !== 'insecure') {
    throw syntaxError(`security ${quote(security)} is not valid`, 'expected sandbox or insecure');
  }
  for (const value of mount) checkRunMount(value);
  return { kind: 'RUN', command: toCommand(rest, json), heredocs, mounts: mount, network, security, ...base };
}

export function toCommand(rest: string, json: readonly string[] | undefined): CommandForm {
  return json === undefined ? { form: 'shell', text: rest } : { form: 'exec', args: json };
}

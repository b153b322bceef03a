import { syntaxError } from '../errors.ts';
import type { Heredoc } from '../heredoc.ts';
import type { OnbuildInstruction } from '../instructions.ts';
import { cutAtBlank, trimStart } from '../read/space.ts';
import { parseFlags } from './flags.ts';
import { atLeastOne, type InstructionLine } from './instruction-line.ts';

/** Only what may not be a trigger at all is refused now; the rest is checked when it triggers. */
export function parseOnbuild({ base, text, flags, rest, heredocs }: InstructionLine): OnbuildInstruction {
  const [keyword] = cutAtBlank(rest);
  const kind = keyword.toUpperCase();
  if (kind === '') throw atLeastOne('ONBUILD');
  parseFlags(flags, {});
  if (kind === 'ONBUILD')
    throw syntaxError("chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed", 'write ONBUILD once');
  if (kind === 'FROM' || kind === 'MAINTAINER') throw syntaxError(`${kind} isn't allowed as an ONBUILD trigger`);
  return { kind: 'ONBUILD', trigger: withBodies(cutAtBlank(trimStart(text))[1] ?? '', heredocs), ...base };
}

/** The text with the here-documents that it announces below it. */
export function withBodies(text: string, heredocs: readonly Heredoc[]): string {
  return [text, ...heredocs.map(({ content, name }) => content + name)].join('\n');
}

import { oneOf } from '../build/choice.ts';
import type { Command } from '../command.ts';
import { diagnosisText, isUseless } from '../doctor/diagnosis-text.ts';
import { ROOT_FLAG } from '../flags/common-flags.ts';
import type { Flag } from '../flags/flag.ts';
import { noArguments } from '../positionals.ts';

const FLAGS = [
  {
    name: 'format',
    kind: 'string',
    placeholder: 'text|json',
    origin: 'tsbuild',
    status: 'supported',
    help: 'json for programs (default text)',
  },
  ROOT_FLAG,
] as const satisfies readonly Flag[];

export const doctorCommand = {
  usage: '[OPTIONS]',
  summary: 'Say what this machine can do, and what would make it do more',
  flags: FLAGS,
  async run({ values, positionals }) {
    noArguments('doctor', positionals);
    const format = oneOf('--format', values.text('format') ?? 'text', ['text', 'json']);
    const root = values.text('root');
    const { diagnose } = await import('@tsbuild/engine');
    const diagnosis = await diagnose(root === undefined ? {} : { root });
    const stdout = format === 'json' ? `${JSON.stringify(diagnosis, null, 2)}\n` : diagnosisText(diagnosis);
    return { exitCode: isUseless(diagnosis) ? 1 : 0, stdout };
  },
} satisfies Command<(typeof FLAGS)[number]['name']>;

import { OUTPUT_OPTIONS, type OutputOption } from '../build/output-options.ts';
import { dashed, type Flag } from './flag.ts';

/** A command whose flags the page `docs/flags.md` tells of, and whose flags it has besides our own. */
export interface CommandFlags {
  readonly command: string;
  readonly model: string;
  readonly flags: readonly Flag[];
}

const INTRODUCTION = `A flag is supported, accepted because it asks for what is so anyway (no-op), or refused with an
error that names it; none is ignored.
This page is written by \`packages/cli/scripts/flags-doc.mjs\`.
`;

/** The page `docs/flags.md`. */
export function flagsPage(commands: readonly CommandFlags[]): string {
  return `# Flags\n\n${INTRODUCTION}${commands.map(section).join('')}\n${OUTPUTS}\n${outputTable()}`;
}

function section({ command, model, flags }: CommandFlags): string {
  const rows = flags.map((flag) => `| ${cell(flag)} | ${flag.origin} | ${flag.status} | ${meaning(flag)} |\n`);
  const head = `| flag | from | status | meaning |\n| --- | --- | --- | --- |\n`;
  return `\n## \`tsbuild ${command}\`\n\nEvery flag of ${model}, and our own.\n\n${head}${rows.join('')}`;
}

const OUTPUTS = `## Keys of \`--output\` of \`tsbuild build\`

\`--output type=TYPE,KEY=VALUE,…\`; \`--output FOLDER\` is \`type=local,dest=FOLDER\`, and \`--output -\` is \`type=tar,dest=-\`.
\`type=cacheonly\` builds and keeps nothing but the cache. Any other key is refused by name.
`;

function outputTable(): string {
  const rows = OUTPUT_OPTIONS.map(
    (option) => `| \`${option.name}\` | ${option.types.join(', ')} | ${option.status} | ${optionMeaning(option)} |\n`,
  );
  return `| key | types | status | meaning |\n| --- | --- | --- | --- |\n${rows.join('')}`;
}

function optionMeaning(option: OutputOption): string {
  if (option.status === 'supported') return escapePipes(option.help);
  const accepted = option.accepted.map((value) => `\`${option.name}=${value}\``).join(' and ');
  return escapePipes(`${option.help}; ${accepted} accepted, anything else refused`);
}

function cell(flag: Flag): string {
  const names = flag.short === undefined ? dashed(flag) : `-${flag.short}, ${dashed(flag)}`;
  return `\`${escapePipes(flag.placeholder === undefined ? names : `${names} ${flag.placeholder}`)}\``;
}

function meaning(flag: Flag): string {
  if (flag.status === 'supported') return escapePipes(flag.help);
  if (flag.status === 'no-op') return escapePipes(flag.reason);
  const values = (flag.harmless ?? []).map((value) => `\`${dashed(flag)}=${value}\``).join(' and ');
  const accepted = values === '' ? '' : ` (${values} accepted)`;
  return escapePipes(`${flag.reason}${accepted}${flag.mend === undefined ? '' : `; ${flag.mend}`}`);
}

function escapePipes(text: string): string {
  return text.replaceAll('|', '\\|');
}

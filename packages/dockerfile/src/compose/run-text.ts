import { placeName } from './place-name.ts';
import type { MountOptions, StageRunOptions } from './run-options.ts';
import type { Command, Stage } from './stage.ts';
import { flag, jsonForm, octal } from './words.ts';

/** The text of a RUN, and the stages that its mounts are from. */
export function runText(
  command: Command,
  { mounts = [], network, security }: StageRunOptions,
): { readonly text: string; readonly needs: readonly Stage[] } {
  const flags = [
    ...mounts.map((mount) => flag('mount', mountText(mount))),
    flag('network', network),
    flag('security', security),
  ];
  const needs = mounts.flatMap((mount) => ('from' in mount && typeof mount.from === 'object' ? [mount.from] : []));
  return { text: `RUN${flags.join('')} ${commandText(command)}`, needs };
}

/** Text that a line of a Dockerfile would change goes into a heredoc, where everything is as it stands. */
function commandText(command: Command): string {
  if (typeof command !== 'string') return jsonForm(command);
  const isPlain = !/[\r\n]|<<|\\$|^\s*(?:\[|--|#)/.test(command) && command.trim() !== '';
  if (isPlain) return command;
  let end = 'EOF';
  for (let n = 1; command.split('\n').includes(end); n++) end = `EOF${n}`;
  return `<<'${end}'\n${command}\n${end}`;
}

function mountText(mount: MountOptions): string {
  const { type, target, ...rest } = mount;
  const fields = Object.entries({
    ...rest,
    ...('from' in mount && mount.from !== undefined ? { from: placeName(mount.from) } : {}),
  });
  const texts = fields.flatMap(([key, value]) => {
    if (value === undefined) return [];
    return [`${key}=${key === 'mode' ? octal(Number(value)) : String(value)}`];
  });
  return [`type=${type}`, ...(target === undefined ? [] : [`target=${target}`]), ...texts].map(csvField).join(',');
}

function csvField(text: string): string {
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

import type { BuildFile, OutlineInput, TargetOutline } from '@tsbuild/engine';
import { aligned } from './aligned.ts';
import { prettyJson, sourceLocation, sourceTexts } from './source-location.ts';

/** What a target takes, as `docker buildx build --call=outline` shows it. */
export function outlineText({ name, description, args, secrets, ssh, caches }: TargetOutline): string {
  const head = [
    ['TARGET:', name ?? '(default)'],
    ...(description === undefined ? [] : [['DESCRIPTION:', description]]),
  ];
  const tables = [
    name === undefined && description === undefined ? '' : aligned(head, 1),
    table(
      ['BUILD ARG', 'VALUE', 'DESCRIPTION'],
      args.map((arg) => [arg.name, arg.value ?? '', arg.description ?? '']),
    ),
    table(['SECRET', 'REQUIRED'], secrets.map(requiredRow)),
    table(['SSH', 'REQUIRED'], ssh.map(requiredRow)),
    table(
      ['CACHE MOUNT'],
      caches.map(({ name: id }) => [id]),
    ),
  ];
  return tables.filter((text) => text !== '').join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : aligned([head, ...rows], 3);
}

function requiredRow({ name, required }: OutlineInput): readonly string[] {
  return [name, required ? 'true' : ''];
}

/** The same as `--call=outline,format=json` gives it. */
export function outlineJson(outline: TargetOutline, file: BuildFile): string {
  const { name, description, args, secrets, ssh, caches } = outline;
  return prettyJson({
    name,
    description,
    ...some(
      'args',
      args.map((arg) => ({
        name: arg.name,
        description: arg.description,
        value: arg.value,
        location: sourceLocation(arg.range),
      })),
    ),
    ...some('secrets', secrets.map(inputJson)),
    ...some('ssh', ssh.map(inputJson)),
    ...some(
      'cache',
      caches.map(({ name: ID, range }) => ({ ID, location: sourceLocation(range) })),
    ),
    sources: sourceTexts(file),
  });
}

function inputJson({ name, required, range }: OutlineInput): object {
  return { name, ...(required ? { required } : {}), location: sourceLocation(range) };
}

function some(key: string, values: readonly object[]): object {
  return values.length === 0 ? {} : { [key]: values };
}

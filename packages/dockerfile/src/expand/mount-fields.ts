import { syntaxError } from '../errors.ts';
import { cleanPath } from '../ignore/clean-path.ts';
import type { RunMount } from '../run-mount.ts';
import type { MountFields } from './run-mounts.ts';

/** Applies the rules and defaults of the mount's type. @throws {DockerfileError} */
export function finishMount(fields: MountFields): RunMount {
  checkOwner(fields);
  if (fields.sharing !== undefined && fields.type !== 'cache') {
    throw syntaxError(`${fields.type} mount should not define sharing`);
  }
  switch (fields.type) {
    case 'bind':
      return toBind(fields);
    case 'cache':
      return toCache(fields);
    case 'tmpfs':
      return {
        type: 'tmpfs',
        target: fields.target ?? '',
        readOnly: fields.readOnly ?? false,
        ...pick(fields, ['size']),
      };
    case 'secret':
      return toSecret(fields);
    case 'ssh':
      return {
        type: 'ssh',
        id: fields.id || 'default',
        required: fields.required ?? false,
        ...(fields.target && { target: fields.target }),
        ...pick(fields, ['mode', 'uid', 'gid']),
      };
    default:
      return fields.type satisfies never;
  }
}

function checkOwner(fields: MountFields): void {
  if (fields.type !== 'bind' && fields.type !== 'tmpfs') return;
  for (const key of ['mode', 'uid', 'gid'] as const) {
    if (fields[key] !== undefined) throw syntaxError(`${key} not allowed for "${fields.type}" type mounts`);
  }
}

function toBind(fields: MountFields): RunMount {
  const { target = '', readOnly = true, source, from } = fields;
  return { type: 'bind', target, readOnly, ...(source && { source }), ...(from && { from }) };
}

function toCache(fields: MountFields): RunMount {
  const { target = '', readOnly = false, sharing = 'shared', source, from } = fields;
  return {
    type: 'cache',
    target,
    id: fields.id || cleanPath(target),
    sharing,
    readOnly,
    ...(source && { source }),
    ...(from && { from }),
    ...pick(fields, ['mode', 'uid', 'gid']),
  };
}

function toSecret(fields: MountFields): RunMount {
  const { source, target, env } = fields;
  if (fields.from) throw syntaxError('secret mount should not have a from');
  if (source && fields.id) throw syntaxError("both source and id can't be set");
  const id = source || fields.id || (target ? baseName(target) : '');
  if (id === '') throw syntaxError('invalid secret mount: one of source, target, id required');
  const file = target || (env === undefined ? `/run/secrets/${baseName(id)}` : undefined);
  return {
    type: 'secret',
    id,
    required: fields.required ?? false,
    ...(file !== undefined && { target: file }),
    ...(env !== undefined && { env }),
    ...pick(fields, ['mode', 'uid', 'gid']),
  };
}

function baseName(path: string): string {
  return cleanPath(path).split('/').at(-1) || '/';
}

function pick<K extends 'size' | 'mode' | 'uid' | 'gid'>(fields: MountFields, keys: readonly K[]) {
  const picked: { [P in K]?: number } = {};
  for (const key of keys) {
    const value = fields[key];
    if (value !== undefined) picked[key] = value;
  }
  return picked;
}

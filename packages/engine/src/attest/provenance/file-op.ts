import type { FileAction, FileVertex } from '../../graph.ts';
import type { IndexOf } from './build-steps.ts';
import { actionKey } from './step-inputs.ts';

/** COPY and ADD: one action for each source; the action after the first works on what the one before left. */
export function fileOp(vertex: FileVertex, indexOf: IndexOf): object {
  const parent = indexOf(vertex.link ? undefined : vertex.parent);
  const actions = vertex.actions.flatMap((action) => copies(action, vertex, indexOf));
  return { Op: { file: { actions: actions.map((action, at) => ({ input: at === 0 ? parent : -1, ...action })) } } };
}

function copies(action: FileAction, vertex: FileVertex, indexOf: IndexOf): object[] {
  if (action.kind === 'inline') {
    const data = Buffer.from(action.content).toString('base64');
    return [{ Action: { mkfile: { path: join(vertex.target, action.name), data } } }];
  }
  const secondaryInput = indexOf(actionKey(action));
  const paths = 'paths' in action ? action.paths : ['/'];
  return paths.map((src) => ({ secondaryInput, Action: { copy: copyOf(src, action, vertex) } }));
}

function copyOf(src: string, action: FileAction, { target, chown, chmod, excludes }: FileVertex): object {
  return {
    src,
    dest: target,
    ...(chown === undefined ? {} : { owner: chown }),
    ...(chmod === undefined ? {} : { modeStr: chmod }),
    ...(excludes.length === 0 ? {} : { excludePatterns: excludes }),
    ...(action.kind === 'add' || (action.kind === 'http' && action.unpack)
      ? { attemptUnpackDockerCompatibility: true }
      : {}),
    ...('checksum' in action && action.checksum !== undefined ? { checksum: action.checksum } : {}),
  };
}

function join(target: string, name: string): string {
  return target.endsWith('/') ? `${target}${name}` : target;
}

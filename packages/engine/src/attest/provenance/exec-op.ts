import type { ExecVertex, MountSpec } from '../../graph.ts';
import type { IndexOf } from './build-steps.ts';
import { sourceKey } from './step-inputs.ts';

/** RUN. Secrets and agents are there by name alone. */
export function execOp(vertex: ExecVertex, indexOf: IndexOf): object {
  const { args, env, cwd, user, network, security, hostname, mounts, script } = vertex;
  const secretEnv = mounts.flatMap((mount) =>
    mount.type === 'secret' && mount.env !== undefined
      ? [{ ID: mount.id, name: mount.env, ...(mount.required ? {} : { optional: true }) }]
      : [],
  );
  const exec = {
    meta: {
      args,
      env: Object.entries(env)
        .map(([name, value]) => `${name}=${value}`)
        .sort(),
      cwd,
      ...(user === '' ? {} : { user }),
      ...(hostname === undefined ? {} : { hostname }),
      ...(script === undefined ? {} : { script: { path: script.path, data: base64(script.content) } }),
    },
    mounts: [
      { input: indexOf(vertex.parent), dest: '/', output: 0 },
      ...mounts.flatMap((mount) => mountOf(mount, indexOf)),
    ],
    ...(network === 'default' ? {} : { network: network.toUpperCase() }),
    ...(security === 'sandbox' ? {} : { security: security.toUpperCase() }),
    ...(secretEnv.length === 0 ? {} : { secretenv: secretEnv }),
  };
  return { Op: { exec } };
}

function mountOf(mount: MountSpec, indexOf: IndexOf): object[] {
  switch (mount.type) {
    case 'bind':
      return [{ ...at(mount, indexOf(sourceKey(mount.source))), ...selected(mount.path), ...readonly(mount.writable) }];
    case 'cache': {
      const input = mount.source === undefined ? -1 : indexOf(sourceKey(mount.source));
      const cacheOpt = { ID: mount.id, sharing: mount.sharing.toUpperCase() };
      return [
        { ...at(mount, input), ...selected(mount.path), mountType: 'CACHE', cacheOpt, ...readonly(mount.writable) },
      ];
    }
    case 'tmpfs':
      return [{ ...at(mount, -1), mountType: 'TMPFS' }];
    case 'secret':
      return mount.target === undefined ? [] : [{ ...at(mount, -1), mountType: 'SECRET', secretOpt: opened(mount) }];
    case 'ssh':
      return [{ ...at(mount, -1), mountType: 'SSH', SSHOpt: opened(mount) }];
    default:
      return mount satisfies never;
  }
}

function at({ target }: { readonly target: string | undefined }, input: number): object {
  return { input, dest: target ?? '', output: -1 };
}

function selected(path: string): object {
  return path === '' || path === '/' ? {} : { selector: path };
}

function readonly(isWritable: boolean): object {
  return isWritable ? {} : { readonly: true };
}

function opened({ id, uid, gid, mode, required }: Extract<MountSpec, { type: 'secret' | 'ssh' }>): object {
  return { ID: id, uid, gid, mode, ...(required ? {} : { optional: true }) };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

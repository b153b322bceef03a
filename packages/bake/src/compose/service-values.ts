import { csvField, type ValueReader } from '../definition/values.ts';

/** The `secrets` of a Compose file, by name: where each one is from. */
export type Secrets = ReadonlyMap<string, string>;

/** `key: [paths]` or `key=path`, as `--ssh` takes them. */
export function readSsh(value: unknown, place: string, values: ValueReader): string[] {
  return Object.entries(values.map(value, place)).map(([id, path]) =>
    path === null || path === '' ? id : `${id}=${path}`,
  );
}

/** `nofile: 1024` or `nofile: { soft: 1024, hard: 2048 }`, as `--ulimit` takes them. */
export function readUlimits(value: unknown, place: string, values: ValueReader): string[] {
  return Object.entries(values.object(value, place)).map(([name, limit]) => {
    const here = `${place}.${name}`;
    if (typeof limit !== 'object') return `${name}=${values.text(limit, here)}`;
    const { soft, hard } = values.object(limit, here);
    return `${name}=${values.text(soft, `${here}.soft`)}:${values.text(hard, `${here}.hard`)}`;
  });
}

/** Lists have `host=ip` or `host:ip`, maps one address or several. */
export function hostMap(value: unknown, place: string, values: ValueReader): Record<string, string> {
  if (Array.isArray(value)) {
    return Object.fromEntries(
      values.list(value, place).map((text) => {
        const [, host, address] = /^([^=:]+)[=:](.+)$/.exec(text) ?? [];
        if (host === undefined || address === undefined)
          throw values.fail(place, `${JSON.stringify(text)} is not HOST=ADDRESS`);
        return [host, address.replace(/^\[(.*)\]$/, '$1')];
      }),
    );
  }
  return Object.fromEntries(
    Object.entries(values.object(value, place)).map(([host, address]) => [
      host,
      Array.isArray(address)
        ? values.list(address, `${place}.${host}`).join(',')
        : values.text(address, `${place}.${host}`),
    ]),
  );
}

/** A secret that a service uses, as `--secret` takes it. */
export function secretOf(entry: unknown, place: string, secrets: Secrets, values: ValueReader): string {
  const source = typeof entry === 'string' ? entry : values.text(values.object(entry, place).source, `${place}.source`);
  const from = secrets.get(source);
  if (from === undefined) throw values.fail(place, `there is no secret ${JSON.stringify(source)} in this file`);
  return [csvField(`id=${source}`), csvField(from)].join(',');
}

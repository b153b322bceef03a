import { dirname, join, resolve } from 'node:path';
import { csvField, ValueReader } from '../definition/values.ts';
import { readBuildSection } from './build-section.ts';
import type { ComposeFile, ComposeOptions } from './compose-options.ts';
import { readEnvFile } from './env-file.ts';
import { interpolate, type Variables } from './interpolate.ts';
import { readYaml } from './read-yaml.ts';
import { type PathBase, rebase } from './rebase.ts';
import { type Extends, mergeServices, type Service } from './service.ts';
import type { Secrets } from './service-values.ts';

/** Services that extend one another form no longer chains in any real project. */
const MAX_CHAIN = 20;

interface Source {
  readonly file: ComposeFile;
  readonly base: PathBase;
  readonly secrets: Secrets;
  readonly values: ValueReader;
  readonly options: ComposeOptions;
}

/** The services of one file, each with what it extends. @throws {BakeFileError} */
export async function readServices(
  file: ComposeFile,
  options: ComposeOptions,
  chain: readonly string[] = [],
): Promise<Map<string, Service>> {
  const values = new ValueReader(file.name);
  const raw = readYaml(file.name, file.text);
  const document = values.object(expandDeep(raw, options.variables, 'the file', values), 'the file');
  const base = { folder: dirname(resolve(options.cwd, file.name)), cwd: options.cwd };
  const source = { file, base, secrets: readSecrets(document.secrets, base, values), values, options };
  const services = new Map<string, Service>();
  for (const [name, section] of Object.entries(values.object(document.services, 'services')))
    services.set(name, await readService(name, section, source));
  const extended = new Map<string, Service>();
  for (const name of services.keys()) extended.set(name, await extend(name, services, source, chain));
  return extended;
}

async function readService(name: string, value: unknown, source: Source): Promise<Service> {
  const place = `services.${name}`;
  const { values } = source;
  const { build, image, profiles = [], extends: parent, environment = {}, env_file } = values.object(value, place);
  return {
    ...(build === undefined || build === null ? {} : { build: readBuildSection(build, { place, ...source }, values) }),
    ...(image === undefined ? {} : { image: values.text(image, `${place}.image`) }),
    ...(parent === undefined ? {} : { extends: readExtends(parent, `${place}.extends`, values) }),
    profiles: values.list(profiles, `${place}.profiles`),
    environment: {
      ...(await environmentOf(env_file, `${place}.env_file`, source)),
      ...withoutNull(values.map(environment, `${place}.environment`)),
    },
  };
}

function readExtends(value: unknown, place: string, values: ValueReader): Extends {
  if (typeof value === 'string') return { service: value };
  const { service, file } = values.object(value, place);
  return {
    service: values.text(service, `${place}.service`),
    ...(file === undefined ? {} : { file: values.text(file, `${place}.file`) }),
  };
}

/** The service laid over the one that it extends, which may extend another in turn. */
async function extend(
  name: string,
  services: ReadonlyMap<string, Service>,
  source: Source,
  chain: readonly string[],
): Promise<Service> {
  const { file, base, values, options } = source;
  const service = services.get(name);
  const place = `services.${name}.extends`;
  if (service === undefined) throw values.fail('services', `there is no service ${JSON.stringify(name)}`);
  if (service.extends === undefined) return service;
  const link = `${resolve(options.cwd, file.name)} ${name}`;
  if (chain.includes(link) || chain.length > MAX_CHAIN) throw values.fail(place, 'the service extends itself');
  const next = [...chain, link];
  const { service: parentName, file: parentFile } = service.extends;
  if (parentFile === undefined) return mergeServices(await extend(parentName, services, source, next), service);
  const path = join(base.folder, parentFile);
  const text = await options.readFile(path);
  const parents = await readServices({ name: rebase(parentFile, base), text }, options, next);
  const parent = parents.get(parentName);
  if (parent === undefined) throw values.fail(place, `${parentFile} has no service ${JSON.stringify(parentName)}`);
  return mergeServices(parent, service);
}

/** Where each secret of the file is from, as a field of `--secret`. */
function readSecrets(value: unknown, base: PathBase, values: ValueReader): Secrets {
  return new Map(
    Object.entries(values.object(value, 'secrets')).map(([name, secret]) => {
      const place = `secrets.${name}`;
      const { file, environment } = values.object(secret, place);
      if (file !== undefined) return [name, csvField(`src=${rebase(values.text(file, `${place}.file`), base)}`)];
      if (environment !== undefined) return [name, `env=${values.text(environment, `${place}.environment`)}`];
      throw values.fail(place, 'a build takes secrets from a file or from the environment', 'set file or environment');
    }),
  );
}

async function environmentOf(value: unknown, place: string, source: Source): Promise<Record<string, string>> {
  const { values, base, options } = source;
  const known: Record<string, string> = {};
  for (const [at, entry] of (Array.isArray(value) ? value : value === undefined ? [] : [value]).entries()) {
    const here = `${place}[${at}]`;
    const { path, required } = typeof entry === 'string' ? { path: entry, required: true } : values.object(entry, here);
    const text = await options.readFile(join(base.folder, values.text(path, here))).catch((error: unknown) => {
      if (required === false) return '';
      throw error;
    });
    Object.assign(
      known,
      readEnvFile(text, options.variables, (message) => values.fail(here, message)),
    );
  }
  return known;
}

function withoutNull(map: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(Object.entries(map).flatMap(([key, value]) => (value === null ? [] : [[key, value]])));
}

/** Every text of the file with its variables replaced; keys stay as they are. */
function expandDeep(value: unknown, variables: Variables, place: string, values: ValueReader): unknown {
  if (typeof value === 'string') return interpolate(value, variables, (message) => values.fail(place, message));
  if (Array.isArray(value)) return value.map((part, at) => expandDeep(part, variables, `${place}[${at}]`, values));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      expandDeep(part, variables, place === 'the file' ? key : `${place}.${key}`, values),
    ]),
  );
}

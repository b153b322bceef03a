import { invalid, isObject } from './json-document.ts';

type Fields = Readonly<Record<string, unknown>>;
type Kind = keyof typeof KINDS;

const isText = (value: unknown) => typeof value === 'string';
const KINDS = {
  'a string': isText,
  'a list of strings': (value: unknown) => Array.isArray(value) && value.every(isText),
  'an object': isObject,
  'an object of strings': (value: unknown) => isObject(value) && Object.values(value).every(isText),
  'a list of objects': (value: unknown) => Array.isArray(value) && value.every(isObject),
};

const IMAGE: Readonly<Record<string, Kind>> = {
  variant: 'a string',
  'os.version': 'a string',
  created: 'a string',
  author: 'a string',
  config: 'an object',
  history: 'a list of objects',
};
const CONTAINER: Readonly<Record<string, Kind>> = {
  Env: 'a list of strings',
  Cmd: 'a list of strings',
  Entrypoint: 'a list of strings',
  OnBuild: 'a list of strings',
  Shell: 'a list of strings',
  Labels: 'an object of strings',
  ExposedPorts: 'an object',
  Volumes: 'an object',
  Healthcheck: 'an object',
  User: 'a string',
  WorkingDir: 'a string',
  StopSignal: 'a string',
};
const HISTORY: Readonly<Record<string, Kind>> = {
  created: 'a string',
  created_by: 'a string',
  author: 'a string',
  comment: 'a string',
};

/**
 * What is there has the type that it should have; Docker writes `null` for what is not.
 * @throws {TsbuildError} ERR_TSBUILD_INVALID_MANIFEST
 */
export function checkImageConfig(image: Fields): void {
  for (const field of ['architecture', 'os']) {
    if (!isText(image[field])) throw invalid(`image config has no ${field}`);
  }
  check(image, IMAGE, 'image config');
  if (isObject(image.config)) check(image.config, CONTAINER, 'image config');
  if (!Array.isArray(image.history)) return;
  for (const entry of image.history) check(entry, HISTORY, 'image config.history');
}

function check(fields: Fields, kinds: Readonly<Record<string, Kind>>, where: string): void {
  for (const [field, kind] of Object.entries(kinds)) {
    const value = fields[field] ?? undefined;
    if (value !== undefined && !KINDS[kind](value)) throw invalid(`${where}.${field} is not ${kind}`);
  }
}

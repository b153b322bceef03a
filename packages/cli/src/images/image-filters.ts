import { compileGlob, UsageError } from '@tsbuild/core';
import type { Builder, ImageSummary } from '@tsbuild/engine';
import { readDuration } from '../upkeep/amounts.ts';
import { nameParts } from './image-rows.ts';

type Test = (image: ImageSummary) => boolean;

/**
 * What `--filter` of `images` and `image prune` lets through. Values of one name are alternatives, except labels, which
 * must all fit; names must all fit.
 * @throws {UsageError} @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND for the image of before and since
 */
export async function readImageFilters(filters: readonly string[], builder: Builder): Promise<Test> {
  const groups = new Map<string, Test[]>();
  for (const filter of filters) {
    const [name, value] = splitFilter(filter);
    const test = await readTest(name, value, builder);
    const group = name.startsWith('label') ? filter : name;
    groups.set(group, [...(groups.get(group) ?? []), test]);
  }
  return (image) => [...groups.values()].every((tests) => tests.some((test) => test(image)));
}

function splitFilter(filter: string): [name: string, value: string] {
  const equals = filter.indexOf('=');
  if (equals <= 0)
    throw new UsageError(`malformed --filter ${JSON.stringify(filter)}`, { hint: 'expected NAME=VALUE' });
  return [filter.slice(0, equals).trim(), filter.slice(equals + 1).trim()];
}

async function readTest(name: string, value: string, builder: Builder): Promise<Test> {
  switch (name) {
    case 'dangling':
      return danglingTest(value);
    case 'label':
      return labelTest(value);
    case 'label!': {
      const test = labelTest(value);
      return (image) => !test(image);
    }
    case 'reference':
      return referenceTest(value);
    case 'until':
      return untilTest(value);
    case 'before':
    case 'since': {
      const time = Date.parse((await builder.inspect(value)).config.created ?? '');
      return ({ created }) => (name === 'before' ? created.getTime() < time : created.getTime() > time);
    }
    default:
      throw new UsageError(`--filter ${JSON.stringify(name)} is not supported`, {
        hint: 'expected dangling, label, reference, before, since or until',
      });
  }
}

function danglingTest(value: string): Test {
  const wanted = ['true', '1', 't', 'T', 'TRUE', 'True'].includes(value);
  if (!wanted && !['false', '0', 'f', 'F', 'FALSE', 'False'].includes(value))
    throw new UsageError(`malformed --filter "dangling=${value}"`, { hint: 'expected true or false' });
  return ({ reference }) => (reference === undefined) === wanted;
}

function labelTest(text: string): Test {
  const [key = '', value] = text.split(/=(.*)/s);
  return ({ labels }) => Object.hasOwn(labels, key) && (value === undefined || labels[key] === value);
}

/** A pattern without a tag means every tag; names are matched as people write them. */
function referenceTest(pattern: string): Test {
  const matches = compileGlob(pattern, { doubleStar: false });
  return ({ reference }) => {
    if (reference === undefined) return false;
    const { repository, tag } = nameParts(reference);
    return matches(repository) || matches(`${repository}:${tag}`);
  };
}

/** A time, or how long ago. */
function untilTest(value: string): Test {
  const time = Date.parse(value);
  const limit = Number.isNaN(time) ? Date.now() - readDuration('filter until', value) : time;
  return ({ created }) => created.getTime() < limit;
}

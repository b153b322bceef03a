import { expect, test } from 'vitest';
import { type OutputRequest, readOutputs } from './outputs.ts';

function read(request: Partial<OutputRequest>) {
  return readOutputs({ outputs: [], tags: [], push: false, load: false, isStdoutTerminal: false, ...request });
}

test('an image is kept in the store when nothing is asked for', () => {
  expect(read({})).toEqual([{ type: 'image' }]);
});

test('--push adds a push, or makes one of what would have been kept', () => {
  const tags = ['localhost:5000/app'];
  expect(read({ push: true, tags })).toEqual([{ type: 'registry' }]);
  expect(read({ push: true, tags, outputs: ['type=image'] })).toEqual([{ type: 'registry' }]);
  expect(read({ push: true, tags, outputs: ['type=oci,dest=a'] })).toEqual([
    { type: 'oci', dest: 'a', tar: true },
    { type: 'registry' },
  ]);
});

test('--load loads the image besides other outputs; one that goes nowhere else is kept', () => {
  expect(read({ load: true })).toEqual([{ type: 'image' }, { type: 'docker' }]);
  expect(read({ load: true, outputs: ['type=docker,engine=podman'] })).toEqual([{ type: 'docker', engine: 'podman' }]);
  expect(read({ load: true, outputs: ['type=oci,dest=a'] })).toEqual([
    { type: 'oci', dest: 'a', tar: true },
    { type: 'docker' },
  ]);
  expect(read({ load: true, push: true, tags: ['a/b'] })).toEqual([
    { type: 'image' },
    { type: 'docker' },
    { type: 'registry' },
  ]);
});

test('type=cacheonly asks for no output', () => {
  expect(read({ outputs: ['type=cacheonly'] })).toEqual([]);
});

test('a push needs a name', () => {
  expect(() => read({ push: true })).toThrow('a tag is needed when pushing to a registry');
  expect(read({ outputs: ['type=registry,name=a/b'] })).toEqual([{ type: 'registry', name: 'a/b' }]);
});

test('an archive goes to standard output once, and never to a terminal', () => {
  expect(read({ outputs: ['type=oci'] })).toEqual([{ type: 'oci', dest: '-', tar: true }]);
  expect(() => read({ outputs: ['type=oci'], isStdoutTerminal: true })).toThrow(
    'refusing to write an archive to the terminal',
  );
  expect(() => read({ outputs: ['type=oci', 'type=docker,dest=-'] })).toThrow(
    'only one output can go to standard output',
  );
});

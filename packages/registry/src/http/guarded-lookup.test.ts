import { expect, test } from 'vitest';
import { FORBIDDEN_ADDRESS, guardedLookup } from './guarded-lookup.ts';

function lookUp(name: string, all: boolean): Promise<unknown> {
  return new Promise((resolve, reject) => {
    guardedLookup(name, { all }, (error, address, family) =>
      error === null ? resolve([address, family]) : reject(error),
    );
  });
}

test('a name that is an address of this machine is not given out', async () => {
  await expect(lookUp('localhost', true)).rejects.toMatchObject({ code: FORBIDDEN_ADDRESS });
  await expect(lookUp('localhost', false)).rejects.toMatchObject({ code: FORBIDDEN_ADDRESS });
});

test('other addresses are given out in the form that was asked for', async () => {
  expect(await lookUp('192.0.2.1', false)).toEqual(['192.0.2.1', 4]);
  expect(await lookUp('192.0.2.1', true)).toEqual([[{ address: '192.0.2.1', family: 4 }], undefined]);
});

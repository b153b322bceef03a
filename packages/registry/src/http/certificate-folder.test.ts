import { mkdir, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { openTempFolder } from '../../../../test/support/temp-folder.ts';
import { readCertificateFolder } from './certificate-folder.ts';

test('authorities and a client certificate are found by host and port', async () => {
  await using folder = await openTempFolder();
  const host = folder.file('second', 'registry.test:5000');
  await mkdir(host, { recursive: true });
  for (const name of ['b.crt', 'a.crt', 'client.cert', 'client.key', 'lonely.cert', 'notes.txt']) {
    await writeFile(`${host}/${name}`, name);
  }
  const roots = [folder.file('first'), folder.file('second')];

  expect(await readCertificateFolder('registry.test:5000', roots)).toEqual({
    ca: ['a.crt', 'b.crt'],
    cert: 'client.cert',
    key: 'client.key',
  });
  expect(await readCertificateFolder('registry.test', roots)).toEqual({});
});

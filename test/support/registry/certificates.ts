import { readFile, writeFile } from 'node:fs/promises';
import { mustRun } from '../command.ts';
import type { TempFolder } from '../temp-folder.ts';

/** A private authority and a certificate for 127.0.0.1 and localhost that it signed. */
export interface Certificates {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile: string;
}

/** Makes them with openssl in `folder`. */
export async function makeCertificates(folder: TempFolder): Promise<Certificates> {
  const [caKey, caFile] = [folder.file('ca.key'), folder.file('ca.crt')];
  const [keyFile, certFile] = [folder.file('server.key'), folder.file('server.crt')];
  const newKey = ['-newkey', 'rsa:2048', '-nodes'];
  const [request, extensions] = [folder.file('server.csr'), folder.file('extensions')];
  await writeFile(extensions, 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  await mustRun([
    'openssl',
    'req',
    '-x509',
    ...newKey,
    '-days',
    '2',
    '-subj',
    '/CN=test authority',
    '-keyout',
    caKey,
    '-out',
    caFile,
  ]);
  await mustRun(['openssl', 'req', ...newKey, '-subj', '/CN=127.0.0.1', '-keyout', keyFile, '-out', request]);
  const sign = ['-CA', caFile, '-CAkey', caKey, '-CAcreateserial', '-days', '2', '-extfile', extensions];
  await mustRun(['openssl', 'x509', '-req', '-in', request, ...sign, '-out', certFile]);
  const [ca, cert, key] = await Promise.all([caFile, certFile, keyFile].map((file) => readFile(file, 'utf8')));
  return { ca: ca ?? '', cert: cert ?? '', key: key ?? '', caFile, certFile, keyFile };
}

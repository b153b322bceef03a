import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { type DockerRegistry, startDockerRegistry } from '../docker-registry.ts';
import { openTempFolder } from '../temp-folder.ts';
import { makeCertificates } from './certificates.ts';
import { startTokenServer } from './token-server.ts';

/** Whom the guarded registries let in. */
export const REGISTRY_USER = { username: 'user', password: 'secret-word' };
/** bcrypt of the password, as `htpasswd -B` writes it. */
const HTPASSWD = 'user:$2b$04$dXKV2YehC5L/zifnjacHc.BCSa2O4Vxc8VPV2feEk60qjk8bEPYkS\n';

/** Debian's `docker-registry` that wants a user and password with each request. */
export async function startBasicRegistry(): Promise<DockerRegistry> {
  const folder = await openTempFolder();
  await writeFile(folder.file('htpasswd'), HTPASSWD);
  const auth = `{ htpasswd: { realm: test, path: ${folder.file('htpasswd')} } }`;
  return endingAlso(await startDockerRegistry({ auth }), folder);
}

/** Debian's `docker-registry` that wants tokens of a server of ours. Needs openssl. */
export async function startTokenRegistry(): Promise<DockerRegistry & { readonly issued: string[][] }> {
  const folder = await openTempFolder();
  const { caFile, cert, key } = await makeCertificates(folder);
  const [issuer, service] = ['test issuer', 'test registry'];
  const certificate = new X509Certificate(cert);
  const tokens = await startTokenServer({ issuer, service, certificate, key, ...REGISTRY_USER });
  const auth = `{ token: { realm: '${tokens.realm}', service: ${service}, issuer: ${issuer}, rootcertbundle: ${caFile} } }`;
  return { ...endingAlso(await startDockerRegistry({ auth }), tokens, folder), issued: tokens.issued };
}

function endingAlso(registry: DockerRegistry, ...also: readonly AsyncDisposable[]): DockerRegistry {
  return {
    host: registry.host,
    async [Symbol.asyncDispose]() {
      for (const resource of [registry, ...also]) await resource[Symbol.asyncDispose]();
    },
  };
}

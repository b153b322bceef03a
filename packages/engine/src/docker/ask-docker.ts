import { type ClientRequest, request as plainRequest, type RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { DockerEndpoint } from './docker-endpoint.ts';

/** Begins a call of Docker's Engine API. */
export function askDocker(endpoint: DockerEndpoint, options: RequestOptions): ClientRequest {
  const headers = { host: 'docker', ...options.headers };
  if ('socketPath' in endpoint) return plainRequest({ ...options, headers, socketPath: endpoint.socketPath });
  const { host, port, tls } = endpoint;
  if (tls === undefined) return plainRequest({ ...options, headers, host, port });
  const servername = isIP(host) === 0 ? host : ''; // else it would be the `host` of the headers
  return tlsRequest({ ...options, headers, host, port, ...tls, servername, agent: false });
}

export { createRegistryClient, type RegistryClient } from './client.ts';
export { type CopyImageOptions, type CopyProgress, copyImage } from './copy-image.ts';
export type { Credential, CredentialRequest, CredentialSource, RegistryAction } from './credentials/credentials.ts';
export {
  type KeptCredential,
  keepCredential,
  type LoginFileOptions,
  removeCredential,
} from './credentials/login-file.ts';
export { type SystemCredentialsOptions, systemCredentials } from './credentials/system.ts';
export { createHttpClient, type HttpClient, type HttpClientOptions } from './http/http-client.ts';
export type { HttpMethod, HttpRequest, HttpResponse } from './http/message.ts';
export type { HostOptions, RegistryClientOptions, RegistryTimeouts, RetryOptions } from './options.ts';
export type { FetchUnverifiedOptions, ReferencePusher, RemoteRepository } from './repository/remote-repository.ts';

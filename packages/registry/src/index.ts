export { createRegistryClient, type RegistryClient } from './client.ts';
export { type CopyImageOptions, type CopyProgress, copyImage } from './copy-image.ts';
export type { Credential, CredentialRequest, CredentialSource, RegistryAction } from './credentials.ts';
export type { HostOptions, RegistryClientOptions, RegistryTimeouts, RetryOptions } from './options.ts';
export type { RemoteRepository } from './remote-repository.ts';

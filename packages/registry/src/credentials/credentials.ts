/** What a registry, or the token server it names, accepts as proof of who asks. */
export type Credential =
  | { readonly username: string; readonly password: string }
  /** An OAuth2 refresh token: Docker's `identitytoken`. */
  | { readonly identityToken: string }
  /** A bearer token for the registry itself: Docker's `registrytoken`. */
  | { readonly registryToken: string };

/** What may be done with a repository. */
export type RegistryAction = 'pull' | 'push' | 'delete';

/** What a credential is wanted for. */
export interface CredentialRequest {
  /** Host as it stands in image names, e.g. `docker.io` or `localhost:5000`. */
  readonly registry: string;
  /** Absent when the registry itself is asked, not one of its repositories. */
  readonly repository?: string | undefined;
  readonly actions: readonly RegistryAction[];
  /** Aborted when nobody waits for the answer any more. */
  readonly signal?: AbortSignal | undefined;
}

/** Finds the credential for one repository and action; undefined means anonymous access. */
export type CredentialSource = (request: CredentialRequest) => Credential | undefined | Promise<Credential | undefined>;

/** Ends what it owns in reverse order, and what comes to it meanwhile. (`AsyncDisposableStack` is not in Node 20.) */
export interface Owner extends AsyncDisposable {
  use<T extends AsyncDisposable>(resource: T): T;
}

export function createOwner(): Owner {
  const resources: AsyncDisposable[] = [];
  return {
    use(resource) {
      resources.push(resource);
      return resource;
    },
    async [Symbol.asyncDispose]() {
      for (let last = resources.pop(); last !== undefined; last = resources.pop()) await last[Symbol.asyncDispose]();
    },
  };
}

/** Ends what it owns in reverse order. (`AsyncDisposableStack` is not in Node 20.) */
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
      for (const resource of resources.splice(0).reverse()) await resource[Symbol.asyncDispose]();
    },
  };
}

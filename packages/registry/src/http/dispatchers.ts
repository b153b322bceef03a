import type { Dispatcher } from 'undici';
import type { RegistryTimeouts } from '../options.ts';
import { findRoute, type Route, type RouteKind, type RouteSettings } from './route.ts';

export interface DispatcherSettings extends RouteSettings {
  readonly connections: number;
  readonly timeouts: Required<RegistryTimeouts>;
}

/** Pools of connections, one for each way of making them. */
export interface Dispatchers extends AsyncDisposable {
  get(url: URL, kind: RouteKind): Promise<Dispatcher>;
  route(url: URL, kind: RouteKind): Promise<Route>;
}

export function createDispatchers(settings: DispatcherSettings): Dispatchers {
  const routes = new Map<string, Promise<Route>>();
  const opened = new Map<string, Promise<Dispatcher>>();

  const route = (url: URL, kind: RouteKind): Promise<Route> => {
    const key = JSON.stringify([kind, url.origin]);
    const known = routes.get(key) ?? findRoute(settings, url, kind);
    routes.set(key, known);
    return known;
  };
  return {
    route,
    get(url, kind) {
      const key = JSON.stringify([kind, url.origin]);
      const known = opened.get(key) ?? openDispatcher(settings, route(url, kind));
      opened.set(key, known);
      return known;
    },
    async [Symbol.asyncDispose]() {
      const all = [...opened.values()];
      opened.clear();
      await Promise.allSettled(all.map(async (dispatcher) => (await dispatcher).destroy()));
    },
  };
}

async function openDispatcher(
  { connections, timeouts }: DispatcherSettings,
  route: Promise<Route>,
): Promise<Dispatcher> {
  const { tls, lookup, proxies } = await route;
  const { Agent, EnvHttpProxyAgent } = await import('undici'); // not needed by builds that touch no registry
  const options = {
    connections,
    headersTimeout: timeouts.headers,
    bodyTimeout: timeouts.bodyIdle,
    connect: { timeout: timeouts.connect, ...tls, ...lookup },
  };
  return proxies === undefined
    ? new Agent(options)
    : new EnvHttpProxyAgent({ ...options, ...proxies, requestTls: tls });
}

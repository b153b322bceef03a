import type { RegistryTimeouts } from '../options.ts';
import { openDirect } from './direct.ts';
import type { HttpRequest, HttpResponse } from './message.ts';
import { findRoute, type Route, type RouteKind, type RouteSettings } from './route.ts';

export interface SenderSettings extends RouteSettings {
  readonly connections: number;
  readonly timeouts: Required<RegistryTimeouts>;
}

/** Sends requests to one host, over connections that it keeps. */
export interface Sender {
  send(request: HttpRequest): Promise<HttpResponse>;
  /** Cuts its connections. */
  destroy(): Promise<void>;
}

/** What sends to each host, one for each way of reaching it. */
export interface Senders extends AsyncDisposable {
  get(url: URL, kind: RouteKind): Promise<Sender>;
  route(url: URL, kind: RouteKind): Promise<Route>;
}

export function createSenders(settings: SenderSettings): Senders {
  const routes = new Map<string, Promise<Route>>();
  const opened = new Map<string, Promise<Sender>>();

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
      const known = opened.get(key) ?? openSender(url, route(url, kind), settings);
      opened.set(key, known);
      return known;
    },
    async [Symbol.asyncDispose]() {
      const all = [...opened.values()];
      opened.clear();
      await Promise.allSettled(all.map(async (sender) => (await sender).destroy()));
    },
  };
}

async function openSender(url: URL, found: Promise<Route>, settings: SenderSettings): Promise<Sender> {
  const { proxies, ...route } = await found;
  if (proxies === undefined) return openDirect(url, route, settings);
  const { openProxied } = await import('./proxied.ts');
  return openProxied({ ...route, proxies }, settings);
}

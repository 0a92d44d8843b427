import type { Component } from 'svelte';
import { matchPath } from './match';

/** What every page gets as its props: the parameters of its path. */
export interface PageProps {
  params: Record<string, string>;
}

/** A page and where it lives. Each area lists its own in `areas/<area>/routes.ts` as `export const routes`. */
export interface Route {
  /** "/jam/:slug/idea/:id" */
  path: string;
  load: () => Promise<{ default: Component<any> }>;
  /** Pages whose path starts with /jam/:slug get the jam's frame (header, bottom bar, `useJam()`); `bare` ones don't. */
  bare?: boolean;
  /** Marks the place in the navigation: "board", "themes", "console"… */
  place?: string;
}

export interface Match {
  route: Route;
  params: Record<string, string>;
}

const modules = import.meta.glob<{ routes: Route[] }>('../areas/*/routes.ts', { eager: true });

export const routes: Route[] = Object.values(modules).flatMap((module) => module.routes);

/** The page for a path, or null: a fixed part wins over a parameter. */
export function findRoute(path: string, among: readonly Route[] = routes): Match | null {
  const fits = among.flatMap((route) => {
    const params = matchPath(route.path, path);
    return params ? [{ route, params }] : [];
  });
  return fits.sort((a, b) => parameters(a.route) - parameters(b.route))[0] ?? null;
}

function parameters(route: Route): number {
  return route.path.split(':').length;
}

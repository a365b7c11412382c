/** The routes that features hang theirs on. The tree is put together in `router.tsx`. */
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { sessionQuery } from "@/api/session";
import { setupQuery } from "@/api/setup";
import { Broken } from "./Broken";
import { Ground } from "./Ground";
import { NotFound } from "./NotFound";
import { Shell } from "./Shell";

export interface RouterContext {
  client: QueryClient;
}

export const rootRoute = createRootRouteWithContext<RouterContext>()({
  component: Ground,
  notFoundComponent: NotFound,
  errorComponent: Broken,
});

/** What is below asks for an account that has signed in. */
export const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "signed-in",
  beforeLoad: async ({ context, location }) => {
    const session = await context.client.ensureQueryData(sessionQuery);
    if (session !== null) return;
    const { needed } = await context.client.fetchQuery(setupQuery);
    if (needed) throw redirect({ to: "/setup" });
    throw redirect({ to: "/sign-in", search: { to: location.href } });
  },
});

/** Pages within the console's frame: navigation at the side, account above. */
export const shellRoute = createRoute({
  getParentRoute: () => signedInRoute,
  id: "shell",
  component: Shell,
});

/** Pages of one company. */
export const tenantRoute = createRoute({ getParentRoute: () => shellRoute, path: "/t/$tenant" });

/** What a company is set to; its pages have a navigation of their own. */
export const settingsRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "settings",
  component: lazyRouteComponent(() => import("@/features/settings/SettingsFrame"), "SettingsFrame"),
});

/** Pages of who hosts many companies. */
export const platformRoute = createRoute({ getParentRoute: () => shellRoute, path: "/platform" });

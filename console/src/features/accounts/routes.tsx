import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { platformRoute, tenantRoute } from "@/app/routes";

export const accountsRoutes = [
  createRoute({
    getParentRoute: () => tenantRoute,
    path: "settings",
    beforeLoad: ({ params }) => {
      throw redirect({ href: `/t/${params.tenant}/settings/accounts`, replace: true });
    },
  }),
  createRoute({
    getParentRoute: () => tenantRoute,
    path: "settings/accounts",
    component: lazyRouteComponent(() => import("./AccountsPage"), "AccountsPage"),
  }),
];

export const platformAccountsRoutes = [
  createRoute({
    getParentRoute: () => platformRoute,
    path: "accounts",
    component: lazyRouteComponent(() => import("./PlatformAccountsPage"), "PlatformAccountsPage"),
  }),
];

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { platformRoute, settingsRoute } from "@/app/routes";

export const accountsRoutes = [
  createRoute({
    getParentRoute: () => settingsRoute,
    path: "accounts",
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

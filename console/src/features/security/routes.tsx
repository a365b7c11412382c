import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { platformRoute, tenantRoute } from "@/app/routes";

export const securityRoutes = [
  createRoute({
    getParentRoute: () => tenantRoute,
    path: "security",
    component: lazyRouteComponent(() => import("./SecurityPage"), "SecurityPage"),
  }),
];

export const platformSecurityRoutes = [
  createRoute({
    getParentRoute: () => platformRoute,
    path: "security",
    component: lazyRouteComponent(() => import("./PlatformSecurityPage"), "PlatformSecurityPage"),
  }),
];

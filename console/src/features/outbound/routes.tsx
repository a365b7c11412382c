import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "@/app/routes";

export const outboundRoutes = [
  createRoute({
    getParentRoute: () => tenantRoute,
    path: "outbound",
    component: lazyRouteComponent(() => import("./OutboundPage"), "OutboundPage"),
  }),
  createRoute({
    getParentRoute: () => tenantRoute,
    path: "outbound/routes/$id",
    component: lazyRouteComponent(() => import("./RoutePage"), "RoutePage"),
  }),
  createRoute({
    getParentRoute: () => tenantRoute,
    path: "outbound/permissions/$id",
    component: lazyRouteComponent(() => import("./PermissionPage"), "PermissionPage"),
  }),
];

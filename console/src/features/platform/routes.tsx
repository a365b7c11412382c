import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { platformRoute } from "@/app/routes";

export const platformRoutes = [
  createRoute({
    getParentRoute: () => platformRoute,
    path: "tenants",
    component: lazyRouteComponent(() => import("./TenantsPage"), "TenantsPage"),
  }),
  createRoute({
    getParentRoute: () => platformRoute,
    path: "plans",
    component: lazyRouteComponent(() => import("./PlansPage"), "PlansPage"),
  }),
  createRoute({
    getParentRoute: () => platformRoute,
    path: "health",
    component: lazyRouteComponent(() => import("./HealthPage"), "HealthPage"),
  }),
];

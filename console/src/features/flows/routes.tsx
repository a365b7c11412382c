import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "@/app/routes";

export const flowRoutes = [
  createRoute({
    getParentRoute: () => tenantRoute,
    path: "flows",
    component: lazyRouteComponent(() => import("./FlowsPage"), "FlowsPage"),
  }),
  createRoute({
    getParentRoute: () => tenantRoute,
    path: "flows/$id",
    component: lazyRouteComponent(() => import("./FlowPage"), "FlowPage"),
  }),
];

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "@/app/routes";

export const soundsRoutes = [
  createRoute({
    getParentRoute: () => tenantRoute,
    path: "sounds",
    component: lazyRouteComponent(() => import("./SoundsPage"), "SoundsPage"),
  }),
  createRoute({
    getParentRoute: () => tenantRoute,
    path: "sounds/$id",
    component: lazyRouteComponent(() => import("./PromptPage"), "PromptPage"),
  }),
];

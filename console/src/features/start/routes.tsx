import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "@/app/routes";

export const startRoutes = [
  createRoute({
    getParentRoute: () => tenantRoute,
    path: "start",
    component: lazyRouteComponent(() => import("./StartPage"), "StartPage"),
  }),
];

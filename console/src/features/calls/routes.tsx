import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "@/app/routes";
import { readFilters } from "./filters";

export const callsRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "calls",
  validateSearch: readFilters,
  component: lazyRouteComponent(() => import("./CallsPage"), "CallsPage"),
});

export const callRoute = createRoute({
  getParentRoute: () => tenantRoute,
  path: "calls/$call",
  component: lazyRouteComponent(() => import("./CallPage"), "CallPage"),
});

export const callsRoutes = [callsRoute, callRoute];

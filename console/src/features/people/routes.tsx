import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "@/app/routes";

export const peopleRoutes = [
  createRoute({
    getParentRoute: () => tenantRoute,
    path: "people",
    component: lazyRouteComponent(() => import("./PeoplePage"), "PeoplePage"),
  }),
  // "-" begins no id: nobody's page is hidden by this one.
  createRoute({
    getParentRoute: () => tenantRoute,
    path: "people/-/import",
    component: lazyRouteComponent(() => import("./ImportPage"), "ImportPage"),
  }),
  createRoute({
    getParentRoute: () => tenantRoute,
    path: "people/$user",
    component: lazyRouteComponent(() => import("./PersonPage"), "PersonPage"),
  }),
];

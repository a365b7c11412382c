import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "@/app/routes";

export const teamsRoutes = [
  createRoute({
    getParentRoute: () => tenantRoute,
    path: "teams",
    component: lazyRouteComponent(() => import("./TeamsPage"), "TeamsPage"),
  }),
  createRoute({
    getParentRoute: () => tenantRoute,
    path: "teams/groups/$id",
    component: lazyRouteComponent(() => import("./GroupPage"), "GroupPage"),
  }),
  createRoute({
    getParentRoute: () => tenantRoute,
    path: "teams/queues/$id",
    component: lazyRouteComponent(() => import("./QueuePage"), "QueuePage"),
  }),
];

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { signedInRoute, tenantRoute } from "@/app/routes";

export const liveRoutes = [
  createRoute({
    getParentRoute: () => tenantRoute,
    path: "live",
    component: lazyRouteComponent(() => import("./LivePage"), "LivePage"),
  }),
];

/** Outside the frame: nothing on a wall is clicked. */
export const wallboardRoutes = [
  createRoute({
    getParentRoute: () => signedInRoute,
    path: "/wallboard/$tenant",
    validateSearch: (search: Record<string, unknown>): { queues?: string } =>
      typeof search.queues === "string" && search.queues ? { queues: search.queues } : {},
    component: lazyRouteComponent(() => import("./Wallboard"), "Wallboard"),
  }),
];

import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "@/app/routes";

export const publicationRoutes = [
  createRoute({
    getParentRoute: () => tenantRoute,
    path: "publication",
    component: lazyRouteComponent(() => import("./PublicationPage"), "PublicationPage"),
  }),
];

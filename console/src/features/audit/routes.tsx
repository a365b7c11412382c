import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "@/app/routes";

export const auditRoutes = [
  createRoute({
    getParentRoute: () => tenantRoute,
    path: "audit",
    component: lazyRouteComponent(() => import("./AuditPage"), "AuditPage"),
  }),
];

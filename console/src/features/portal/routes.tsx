import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "@/app/routes";
import { TABS, type Tab } from "./tabs";

export const portalRoutes = [
  createRoute({
    getParentRoute: () => tenantRoute,
    path: "me",
    validateSearch: (search: Record<string, unknown>): { tab?: Tab } =>
      TABS.includes(search.tab as Tab) ? { tab: search.tab as Tab } : {},
    component: lazyRouteComponent(() => import("./PortalPage"), "PortalPage"),
  }),
];

import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { settingsRoute } from "@/app/routes";

export const settingsRoutes = [
  createRoute({
    getParentRoute: () => settingsRoute,
    path: "/",
    beforeLoad: ({ params }) => {
      throw redirect({ href: `/t/${params.tenant}/settings/company`, replace: true });
    },
  }),
  createRoute({
    getParentRoute: () => settingsRoute,
    path: "company",
    component: lazyRouteComponent(() => import("./CompanyPage"), "CompanyPage"),
  }),
  createRoute({
    getParentRoute: () => settingsRoute,
    path: "sites",
    component: lazyRouteComponent(() => import("./SitesPage"), "SitesPage"),
  }),
  createRoute({
    getParentRoute: () => settingsRoute,
    path: "sites/$id",
    component: lazyRouteComponent(() => import("./SitePage"), "SitePage"),
  }),
  createRoute({
    getParentRoute: () => settingsRoute,
    path: "plan",
    component: lazyRouteComponent(() => import("./PlanPage"), "PlanPage"),
  }),
  createRoute({
    getParentRoute: () => settingsRoute,
    path: "webhooks",
    component: lazyRouteComponent(() => import("./WebhooksPage"), "WebhooksPage"),
  }),
  createRoute({
    getParentRoute: () => settingsRoute,
    path: "webhooks/$webhook",
    component: lazyRouteComponent(() => import("./WebhookPage"), "WebhookPage"),
  }),
  createRoute({
    getParentRoute: () => settingsRoute,
    path: "configuration",
    component: lazyRouteComponent(() => import("./ConfigurationPage"), "ConfigurationPage"),
  }),
];

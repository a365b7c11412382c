import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "@/app/routes";

export const hoursRoutes = [
  createRoute({
    getParentRoute: () => tenantRoute,
    path: "hours",
    component: lazyRouteComponent(() => import("./HoursPage"), "HoursPage"),
  }),
  createRoute({
    getParentRoute: () => tenantRoute,
    path: "hours/schedules/$id",
    component: lazyRouteComponent(() => import("./SchedulePage"), "SchedulePage"),
  }),
  createRoute({
    getParentRoute: () => tenantRoute,
    path: "hours/calendars/$id",
    component: lazyRouteComponent(() => import("./CalendarPage"), "CalendarPage"),
  }),
  createRoute({
    getParentRoute: () => tenantRoute,
    path: "hours/overrides/$id",
    component: lazyRouteComponent(() => import("./OverridePage"), "OverridePage"),
  }),
];

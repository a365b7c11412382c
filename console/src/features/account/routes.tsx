import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { shellRoute } from "@/app/routes";

export const accountRoutes = [
  createRoute({
    getParentRoute: () => shellRoute,
    path: "/account",
    component: lazyRouteComponent(() => import("./AccountPage"), "AccountPage"),
  }),
];

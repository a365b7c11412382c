import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { tenantRoute } from "@/app/routes";

export const numbersRoutes = [
  createRoute({
    getParentRoute: () => tenantRoute,
    path: "numbers",
    component: lazyRouteComponent(() => import("./NumbersPage"), "NumbersPage"),
  }),
];

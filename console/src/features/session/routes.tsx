import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { sessionQuery } from "@/api/session";
import { setupQuery } from "@/api/setup";
import { rootRoute } from "@/app/routes";

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { to?: string; problem?: string } => ({
    ...(typeof search.to === "string" ? { to: search.to } : {}),
    ...(typeof search.problem === "string" ? { problem: search.problem } : {}),
  }),
  beforeLoad: async ({ context }) => {
    const session = await context.client.ensureQueryData(sessionQuery).catch(() => null);
    if (session) throw redirect({ to: "/" });
    const setup = await context.client.fetchQuery(setupQuery).catch(() => null);
    if (setup?.needed) throw redirect({ to: "/setup" });
  },
  component: lazyRouteComponent(() => import("./SignInPage"), "SignInPage"),
});

/** Where a mailed link leads: its secret is in the fragment, which no server sees. */
const passwordRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/password",
  component: lazyRouteComponent(() => import("./PasswordPage"), "PasswordPage"),
});

export const sessionRoutes = [signInRoute, passwordRoute];

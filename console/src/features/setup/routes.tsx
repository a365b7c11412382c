import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { sessionQuery } from "@/api/session";
import { setupQuery } from "@/api/setup";
import { rootRoute, signedInRoute } from "@/app/routes";

/** The first administrator and the first company. The link that leads here holds the code in its fragment, which no server sees. */
const setupRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/setup",
  beforeLoad: async ({ context }) => {
    const { needed } = await context.client.fetchQuery(setupQuery);
    if (!needed) throw redirect({ to: "/" });
  },
  component: lazyRouteComponent(() => import("./SetupPage"), "SetupPage"),
});

/** What a company needs for its first call, for who may configure it. */
const firstStepsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/setup/$tenant",
  beforeLoad: async ({ context }) => {
    const session = await context.client.ensureQueryData(sessionQuery);
    if (!session?.account.may.includes("config.write")) throw redirect({ to: "/" });
  },
  component: lazyRouteComponent(() => import("./FirstSteps"), "FirstSteps"),
});

export const setupRoutes = [setupRoute];
export const firstStepsRoutes = [firstStepsRoute];

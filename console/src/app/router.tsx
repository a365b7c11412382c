import { createRoute, createRouter, redirect } from "@tanstack/react-router";
import { sessionQuery } from "@/api/session";
import { accountRoutes } from "@/features/account/routes";
import { accountsRoutes, platformAccountsRoutes } from "@/features/accounts/routes";
import { auditRoutes } from "@/features/audit/routes";
import { callsRoutes } from "@/features/calls/routes";
import { flowRoutes } from "@/features/flows/routes";
import { hoursRoutes } from "@/features/hours/routes";
import { liveRoutes, wallboardRoutes } from "@/features/live/routes";
import { numbersRoutes } from "@/features/numbers/routes";
import { outboundRoutes } from "@/features/outbound/routes";
import { peopleRoutes } from "@/features/people/routes";
import { platformRoutes } from "@/features/platform/routes";
import { portalRoutes } from "@/features/portal/routes";
import { publicationRoutes } from "@/features/publication/routes";
import { platformSecurityRoutes, securityRoutes } from "@/features/security/routes";
import { sessionRoutes } from "@/features/session/routes";
import { settingsRoutes } from "@/features/settings/routes";
import { firstStepsRoutes, setupRoutes } from "@/features/setup/routes";
import { soundsRoutes } from "@/features/sounds/routes";
import { startRoutes } from "@/features/start/routes";
import { teamsRoutes } from "@/features/teams/routes";
import { client } from "./client";
import { homeOf } from "./home";
import { platformRoute, rootRoute, settingsRoute, shellRoute, signedInRoute, tenantRoute } from "./routes";

const homeRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/",
  beforeLoad: async ({ context }) => {
    const session = await context.client.ensureQueryData(sessionQuery);
    if (session) throw redirect({ href: homeOf(session.account), replace: true });
  },
});

const tree = rootRoute.addChildren([
  ...sessionRoutes,
  ...setupRoutes,
  signedInRoute.addChildren([
    homeRoute,
    ...firstStepsRoutes,
    ...wallboardRoutes,
    shellRoute.addChildren([
      ...accountRoutes,
      tenantRoute.addChildren([
        ...startRoutes,
        ...liveRoutes,
        ...callsRoutes,
        ...peopleRoutes,
        ...numbersRoutes,
        ...soundsRoutes,
        ...securityRoutes,
        settingsRoute.addChildren([...settingsRoutes, ...accountsRoutes]),
        ...auditRoutes,
        ...publicationRoutes,
        ...flowRoutes,
        ...teamsRoutes,
        ...outboundRoutes,
        ...hoursRoutes,
        ...portalRoutes,
      ]),
      platformRoute.addChildren([...platformRoutes, ...platformAccountsRoutes, ...platformSecurityRoutes]),
    ]),
  ]),
]);

export const router = createRouter({
  routeTree: tree,
  context: { client },
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

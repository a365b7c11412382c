/** What may be done about calls, callers and agents; what came of it is said. */
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { api, call } from "@/api/client";
import type { components } from "@/api/generated";
import { useTenant } from "@/api/tenant";
import { notifyDone, notifyProblem } from "@/ui/saved";

export type AgentAction = components["schemas"]["AgentAction"]["action"];

export interface Actions {
  hangUp: (id: string) => Promise<void>;
  take: (id: string, user: string) => Promise<void>;
  move: (id: string, queue: string) => Promise<void>;
  forget: (id: string) => Promise<void>;
  agent: (user: string, action: AgentAction, reason?: string) => Promise<void>;
}

export function useActions(): Actions {
  const { t } = useTranslation("live");
  const tenant = useTenant();
  const told = useCallback(
    async (answer: Promise<unknown>, done: string) => {
      try {
        await answer;
        notifyDone(t(`done.${done}`));
      } catch (error) {
        notifyProblem(error);
      }
    },
    [t],
  );
  const at = (id: string) => ({ params: { path: { tenant, call: id } } });
  return {
    hangUp: (id) => told(call(api.DELETE("/api/v1/tenants/{tenant}/live/calls/{call}", at(id))), "hangUp"),
    take: (id, user) =>
      told(
        call(api.POST("/api/v1/tenants/{tenant}/live/calls/{call}/take", { ...at(id), body: { user } })),
        "take",
      ),
    move: (id, queue) =>
      told(
        call(api.POST("/api/v1/tenants/{tenant}/live/calls/{call}/move", { ...at(id), body: { queue } })),
        "move",
      ),
    forget: (id) =>
      told(call(api.DELETE("/api/v1/tenants/{tenant}/live/callbacks/{call}", at(id))), "forget"),
    agent: (user, action, reason = "") =>
      told(
        call(
          api.POST("/api/v1/tenants/{tenant}/live/agents/{user}", {
            params: { path: { tenant, user } },
            body: { action, reason, queues: [] },
          }),
        ),
        action,
      ),
  };
}

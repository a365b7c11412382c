/** Click-to-call: one's own telephones ring, and who answers is connected with the number. One call at a time is followed here. */
import { useMutation } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { api, call } from "@/api/client";
import { useTenant } from "@/api/tenant";

export interface Started {
  id: string;
  number: string;
}

let started: Started | null = null;
const listeners = new Set<() => void>();

export function follow(next: Started | null): void {
  started = next;
  for (const listener of listeners) listener();
}

/** The call that was begun here last, wherever on the page that was. */
export function useStarted(): Started | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => started,
  );
}

export function useStartCall() {
  const tenant = useTenant();
  return useMutation({
    mutationFn: (number: string) =>
      call(
        api.POST("/api/v1/tenants/{tenant}/live/calls", {
          params: { path: { tenant } },
          body: { number, user: "" },
        }),
      ),
    onSuccess: ({ id }, number) => {
      follow({ id, number });
      window.scrollTo({ top: 0 });
    },
  });
}

export function useHangUp() {
  const tenant = useTenant();
  return useMutation({
    mutationFn: (id: string) =>
      call(
        api.DELETE("/api/v1/tenants/{tenant}/live/calls/{call}", { params: { path: { tenant, call: id } } }),
      ),
  });
}

import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "./client";
import type { components } from "./generated";
import { isProblem } from "./problem";

export type Me = components["schemas"]["Me"];
export type Action = Me["may"][number];
export type Session = components["schemas"]["SessionBody"];

/** Who has signed in with this browser; null: nobody. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async (): Promise<Session | null> => {
    try {
      return await call(api.GET("/api/v1/session"));
    } catch (error) {
      if (isProblem(error) && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 5 * 60_000,
  retry: 1,
});

/** The account that has signed in. For pages behind the sign-in only: there always is one. */
export function useMe(): Me {
  const { data } = useQuery(sessionQuery);
  if (!data) throw new Error("nobody has signed in");
  return data.account;
}

/** Whether the account may do this; what it may not do is not offered. */
export function useMay(action: Action): boolean {
  return useMe().may.includes(action);
}

export function useSignOut(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await call(api.DELETE("/api/v1/session"));
    client.clear();
    window.location.assign("/sign-in");
  };
}

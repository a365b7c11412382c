/** What people set for themselves. Such a change makes no version and is in force at once. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answered, api, call } from "@/api/client";
import { useTenant } from "@/api/tenant";
import {
  type PersonalChange,
  type PersonalSettings,
  usePersonal as useTagged,
} from "@/features/personal/personal";
import { notifyProblem } from "@/ui/saved";

export type Personal = PersonalSettings;

interface Tagged {
  settings: Personal;
  etag: string;
}

export function usePersonal(user: string) {
  const { data, error, refetch } = useTagged(user);
  return { data: data?.settings, error, refetch };
}

function useSending(user: string) {
  const tenant = useTenant();
  return async (body: PersonalChange): Promise<Tagged> => {
    const params = { path: { tenant, id: user } };
    const { data, etag } = await answered(
      api.PATCH("/api/v1/tenants/{tenant}/users/{id}/personal", { params, body }),
    );
    return { settings: data, etag };
  };
}

/** Turn something: the page shows it at once, and as it was where it is refused, which is told. */
export function useChangePersonal(user: string) {
  const client = useQueryClient();
  const key = ["personal", useTenant(), user];
  return useMutation({
    mutationFn: useSending(user),
    onMutate: async (change) => {
      await client.cancelQueries({ queryKey: key });
      const before = client.getQueryData<Tagged>(key);
      if (before) client.setQueryData(key, { ...before, settings: changed(before.settings, change) });
      return before;
    },
    onError: (error, _change, before) => {
      client.setQueryData(key, before);
      notifyProblem(error);
    },
    onSuccess: (now) => client.setQueryData(key, now),
  });
}

/**
 * Save what was filled in. The form stands as it is until it is taken: what is refused is told in it. `onSaved` is called though the
 * form may have begun anew by then.
 */
export function useSavePersonal(user: string, onSaved: (sent: PersonalChange) => void) {
  const client = useQueryClient();
  const key = ["personal", useTenant(), user];
  return useMutation({
    mutationFn: useSending(user),
    onSuccess: (now, sent) => {
      client.setQueryData(key, now);
      onSaved(sent);
    },
  });
}

/** The settings after a change, as far as it can be told here: parts keep what the change does not mention. */
export function changed(before: Personal, change: PersonalChange): Personal {
  const after: Record<string, unknown> = { ...before };
  for (const [name, value] of Object.entries(change)) {
    if (value === null || value === undefined) continue;
    const was = after[name];
    const part = typeof value === "object" && typeof was === "object" && was !== null;
    after[name] = part ? { ...was, ...value } : value;
  }
  return after as unknown as Personal;
}

/** Who works here and on which extension; known to everybody of the company. */
export function useDirectory() {
  const tenant = useTenant();
  return useQuery({
    queryKey: ["directory", tenant],
    queryFn: () => call(api.GET("/api/v1/tenants/{tenant}/directory", { params: { path: { tenant } } })),
    staleTime: 60_000,
  });
}

import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { api, call } from "@/api/client";
import type { components } from "@/api/generated";
import { useTenant } from "@/api/tenant";

export type Message = components["schemas"]["MessageBody"];

export function useMessages(user: string) {
  const tenant = useTenant();
  return useInfiniteQuery({
    queryKey: ["messages", tenant, user],
    queryFn: ({ pageParam }) =>
      call(
        api.GET("/api/v1/tenants/{tenant}/voicemail", {
          params: { path: { tenant }, query: { user, cursor: pageParam } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: 30_000,
  });
}

export function useMarkMessage() {
  const tenant = useTenant();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ message, heard }: { message: Message; heard: boolean }) =>
      call(
        api.PATCH("/api/v1/tenants/{tenant}/voicemail/{user}/{message}", {
          params: { path: { tenant, user: message.user, message: message.id } },
          body: { heard },
        }),
      ),
    onSuccess: (_, { message }) => client.invalidateQueries({ queryKey: ["messages", tenant, message.user] }),
  });
}

export function useDeleteMessage() {
  const tenant = useTenant();
  const client = useQueryClient();
  return useMutation({
    mutationFn: (message: Message) =>
      call(
        api.DELETE("/api/v1/tenants/{tenant}/voicemail/{user}/{message}", {
          params: { path: { tenant, user: message.user, message: message.id } },
        }),
      ),
    onSuccess: (_, message) => client.invalidateQueries({ queryKey: ["messages", tenant, message.user] }),
  });
}

export function audioOf(tenant: string, message: Message): string {
  const path = [tenant, "voicemail", message.user, message.id].map(encodeURIComponent).join("/");
  return `/api/v1/tenants/${path}/audio`;
}

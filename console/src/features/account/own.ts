/** One's own account: what is read of it, and what changes with it. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "@/api/client";
import type { components } from "@/api/generated";
import { sessionQuery } from "@/api/session";

type Schemas = components["schemas"];
export type OwnSession = Schemas["OwnSession"];
export type Token = Schemas["TokenBody"];
export type TokenWanted = Schemas["TokenWanted"];

/** First part of the keys of what is read here. */
const OWN = "own-account";

function useOwnChange<Sent, Told>(act: (sent: Sent) => Promise<Told>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
        client.invalidateQueries({ queryKey: [OWN] }),
      ]),
  });
}

export function useProfileChange() {
  return useOwnChange((body: Schemas["MeChange"]) => call(api.PATCH("/api/v1/me", { body })));
}

export function usePasswordChange() {
  return useOwnChange((body: Schemas["PasswordChange"]) => call(api.PUT("/api/v1/me/password", { body })));
}

export function useSecondFactor() {
  return useQuery({
    queryKey: [OWN, "second-factor"],
    queryFn: () => call(api.GET("/api/v1/me/second-factor")),
  });
}

export function useBeginSecondFactor() {
  return useMutation({
    mutationFn: (password: string) => call(api.POST("/api/v1/me/second-factor", { body: { password } })),
  });
}

export function useConfirmSecondFactor() {
  return useOwnChange((code: string) =>
    call(api.POST("/api/v1/me/second-factor/confirm", { body: { code } })),
  );
}

export function useRenewRecoveryCodes() {
  return useOwnChange((password: string) =>
    call(api.POST("/api/v1/me/second-factor/recovery-codes", { body: { password } })),
  );
}

export function useDropSecondFactor() {
  return useOwnChange((password: string) =>
    call(api.POST("/api/v1/me/second-factor/remove", { body: { password } })),
  );
}

export function useSessions() {
  return useQuery({ queryKey: [OWN, "sessions"], queryFn: () => call(api.GET("/api/v1/me/sessions")) });
}

/** End one session, or all others. */
export function useEndSession() {
  return useOwnChange((session: string | null) =>
    session === null
      ? call(api.DELETE("/api/v1/me/sessions"))
      : call(api.DELETE("/api/v1/me/sessions/{session}", { params: { path: { session } } })),
  );
}

export function useTokens() {
  return useQuery({ queryKey: [OWN, "tokens"], queryFn: () => call(api.GET("/api/v1/tokens")) });
}

export function useMakeToken() {
  return useOwnChange((body: TokenWanted) => call(api.POST("/api/v1/tokens", { body })));
}

export function useRemoveToken() {
  return useOwnChange((token: string) =>
    call(api.DELETE("/api/v1/tokens/{token}", { params: { path: { token } } })),
  );
}

/** Accounts: who can sign in to the console. Read whole for a company, page by page for a host of many. */
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answered, api, call } from "@/api/client";
import type { components } from "@/api/generated";

type Schemas = components["schemas"];
export type Account = Schemas["AccountBody"];
export type Role = Account["role"];
export type AccountWanted = Schemas["AccountWanted"];
export type AccountChange = Schemas["AccountChange"];
export type LinkMade = Schemas["LinkMade"];
export type LinkPurpose = Schemas["LinkWanted"]["purpose"];

/** Roles that an administrator of a company gives, the most powerful first. */
export const COMPANY_ROLES = ["admin", "supervisor", "user", "auditor"] as const satisfies Role[];

const LARGEST_PAGE = 200;

function readPage(tenant: string, cursor: string, limit: number) {
  return call(api.GET("/api/v1/accounts", { params: { query: { tenant, cursor, limit } } }));
}

/** All accounts of a company. */
export function useAccounts(tenant: string, enabled = true) {
  return useQuery({
    queryKey: ["accounts", tenant, "all"],
    enabled,
    queryFn: async () => {
      const found: Account[] = [];
      let cursor: string | null | undefined = "";
      do {
        const page: Awaited<ReturnType<typeof readPage>> = await readPage(tenant, cursor, LARGEST_PAGE);
        found.push(...page.items);
        cursor = page.next;
      } while (cursor);
      return found;
    },
  });
}

/** Everybody's, of all companies and of none. */
export function useAccountPages() {
  return useInfiniteQuery({
    queryKey: ["accounts", "", "pages"],
    queryFn: ({ pageParam }) => readPage("", pageParam, 50),
    initialPageParam: "",
    getNextPageParam: (last) => last.next ?? undefined,
  });
}

function useChanged() {
  const client = useQueryClient();
  return { onSuccess: () => client.invalidateQueries({ queryKey: ["accounts"] }) };
}

/** Make an account; its owner is invited to choose a password. */
export function useInvite() {
  return useMutation({
    mutationFn: (wanted: AccountWanted) => call(api.POST("/api/v1/accounts", { body: wanted })),
    ...useChanged(),
  });
}

/** Change what is sent, and only what was seen: the account is read for its ETag where it was shown in a list. */
export function useChangeAccount() {
  return useMutation({
    mutationFn: async ({ id, fields }: { id: string; fields: Partial<AccountChange> }) => {
      const path = { account: id };
      const { etag } = await answered(api.GET("/api/v1/accounts/{account}", { params: { path } }));
      return call(
        api.PATCH("/api/v1/accounts/{account}", {
          params: { path, header: { "If-Match": etag } },
          // What is not mentioned stays: the document's defaults are of what is mentioned.
          body: fields as AccountChange,
        }),
      );
    },
    ...useChanged(),
  });
}

/** A new link by which its owner chooses a password. */
export function useMakeLink() {
  return useMutation({
    mutationFn: ({ id, purpose }: { id: string; purpose: LinkPurpose }) =>
      call(
        api.POST("/api/v1/accounts/{account}/link", {
          params: { path: { account: id } },
          body: { purpose },
        }),
      ),
    ...useChanged(),
  });
}

const REMOVALS = {
  account: "/api/v1/accounts/{account}",
  secondFactor: "/api/v1/accounts/{account}/second-factor",
  sessions: "/api/v1/accounts/{account}/sessions",
} as const;
export type Removal = keyof typeof REMOVALS;

/** Take away the account itself, its second factor, or its sessions. */
export function useTakeAway() {
  return useMutation({
    mutationFn: ({ id, what }: { id: string; what: Removal }) =>
      call(api.DELETE(REMOVALS[what], { params: { path: { account: id } } })),
    ...useChanged(),
  });
}

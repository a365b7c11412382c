import type { Me } from "@/api/session";

/** Where somebody begins: who administers nothing with their own extension, who hosts companies with these. */
export function homeOf(me: Me): string {
  if (me.role === "platform") return "/platform/tenants";
  if (me.role === "user") return `/t/${me.tenant}/me`;
  if (me.role === "supervisor") return `/t/${me.tenant}/live`;
  return `/t/${me.tenant}/start`;
}

import { useCallback } from "react";
import { api, call } from "@/api/client";
import { type Stored, useCreate } from "@/api/objects";
import { isProblem } from "@/api/problem";
import { useTenant } from "@/api/tenant";
import { showSetup } from "./SetupDialog";

/** Make a telephone for somebody, and show once what it is set up by. Throws ApiProblem where it cannot be. */
export function useAddPhone() {
  const tenant = useTenant();
  const { mutateAsync } = useCreate("device");
  return useCallback(
    async (user: Stored<"user">, name: string) => {
      const fields = { user: user.id, name };
      // The first is called as its user, which makes a short name to type; the others by their own names.
      const made = await mutateAsync({ ...fields, id: user.id }).catch((problem: unknown) => {
        if (!isProblem(problem, "exists")) throw problem;
        return mutateAsync(fields);
      });
      const credentials = made.credentials.find((one) => one.device === made.object.id);
      // What waits in the draft is not known to telephones yet: there is nothing to scan.
      const setup = made.drafted
        ? null
        : await call(
            api.POST("/api/v1/tenants/{tenant}/users/{id}/devices/{device}/setup", {
              params: { path: { tenant, id: user.id, device: made.object.id } },
            }),
          ).catch(() => null);
      showSetup({
        person: user.name,
        username: credentials?.username ?? setup?.username ?? "",
        password: credentials?.password ?? "",
        setup,
        drafted: made.drafted,
      });
    },
    [tenant, mutateAsync],
  );
}

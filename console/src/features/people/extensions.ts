import { useQuery } from "@tanstack/react-query";
import { api, call } from "@/api/client";
import { useTenant } from "@/api/tenant";

/** The extension that the next person of a site would be given; null: none is left. */
export function useNextExtension(site: string | undefined) {
  const tenant = useTenant();
  return useQuery({
    // Under "objects", for each change of the configuration may give it away.
    queryKey: ["objects", tenant, "next-extension", site],
    enabled: Boolean(site),
    queryFn: () =>
      call(
        api.GET("/api/v1/tenants/{tenant}/next-extension", {
          params: { path: { tenant }, query: { site: site ?? "" } },
        }),
      ),
  });
}

/** What is wrong with an extension as it is written: a key of the catalogue; null: nothing. */
export function extensionFault(extension: string): "extensionWrong" | null {
  return extension === "" || /^\d{2,6}$/.test(extension) ? null : "extensionWrong";
}

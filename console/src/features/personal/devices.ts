import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, call } from "@/api/client";
import { useTenant } from "@/api/tenant";

/** A person's telephones, and where each is now. */
export function useDevices(user: string) {
  const tenant = useTenant();
  return useQuery({
    queryKey: ["devices", tenant, user],
    queryFn: () =>
      call(
        api.GET("/api/v1/tenants/{tenant}/users/{id}/devices", { params: { path: { tenant, id: user } } }),
      ),
    refetchInterval: 15_000,
  });
}

/** A QR code for one more telephone, with the password that there is. */
export function useDeviceSetup() {
  const tenant = useTenant();
  return useMutation({
    mutationFn: ({ user, device }: { user: string; device: string }) =>
      call(
        api.POST("/api/v1/tenants/{tenant}/users/{id}/devices/{device}/setup", {
          params: { path: { tenant, id: user, device } },
        }),
      ),
  });
}

/** A new password: telephones that know the old one ring no more. */
export function useNewDevicePassword() {
  const tenant = useTenant();
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ user, device }: { user: string; device: string }) =>
      call(
        api.POST("/api/v1/tenants/{tenant}/users/{id}/devices/{device}/password", {
          params: { path: { tenant, id: user, device } },
        }),
      ),
    onSuccess: (_, { user }) => client.invalidateQueries({ queryKey: ["devices", tenant, user] }),
  });
}

import { queryOptions } from "@tanstack/react-query";
import { api, call } from "./client";

/** Whether the first administrator has still to be made. Once there is one, that stays so. */
export const setupQuery = queryOptions({
  queryKey: ["setup"],
  queryFn: () => call(api.GET("/api/v1/setup")),
  staleTime: ({ state }) => (state.data?.needed === false ? Number.POSITIVE_INFINITY : 0),
});

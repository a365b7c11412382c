import { QueryCache, QueryClient } from "@tanstack/react-query";
import i18next from "i18next";
import { isProblem } from "@/api/problem";
import { sessionQuery } from "@/api/session";

/** What has been read of the API. A session that ended meanwhile sends to the sign-in page. */
export const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (isProblem(error) && error.status === 401 && client.getQueryData(sessionQuery.queryKey)) {
        client.setQueryData(sessionQuery.queryKey, null);
        const here = window.location.pathname + window.location.search;
        window.location.assign(`/sign-in?to=${encodeURIComponent(here)}`);
      }
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (failures, error) =>
        failures < 2 && isProblem(error) && (error.status === 0 || error.status === 503),
      throwOnError: false,
    },
  },
});

// What the API says in sentences is in the language of before.
i18next.on("languageChanged", () => {
  void client.invalidateQueries();
});

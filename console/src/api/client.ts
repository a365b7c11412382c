import i18next from "i18next";
import createClient from "openapi-fetch";
import type { paths } from "./generated";
import { ApiProblem, type ProblemBody } from "./problem";

/** The API as its OpenAPI document tells it; every path and body is checked by the compiler. */
export const api = createClient<paths>({
  baseUrl: "",
  fetch: async (request) => {
    try {
      inOurLanguage(request.headers);
      return await fetch(request);
    } catch {
      throw unreachable();
    }
  },
});

/** The API says reasons and findings in the console's language, which may be another than the browser's. */
function inOurLanguage(headers: Headers): Headers {
  if (i18next.language) headers.set("Accept-Language", i18next.language);
  return headers;
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The data of an answer; throws ApiProblem where it is a refusal. */
export async function call<T>(answer: Promise<Answer<T>>): Promise<T> {
  return (await answered(answer)).data;
}

/** The same with the answer's ETag, for a later If-Match. */
export async function answered<T>(answer: Promise<Answer<T>>): Promise<{ data: T; etag: string }> {
  const { data, error, response } = await answer;
  if (!response.ok) throw new ApiProblem(problemOf(error, response));
  return { data: data as T, etag: response.headers.get("ETag") ?? "" };
}

function problemOf(error: unknown, response: Response): ProblemBody {
  if (typeof error === "object" && error !== null && "code" in error) return error as ProblemBody;
  return { code: "http-error", status: response.status, detail: response.statusText };
}

export function unreachable(): ApiProblem {
  return new ApiProblem({ code: "unreachable", status: 0, detail: "The exchange does not answer" });
}

/** A request that the typed client is not for: files up and down. Throws ApiProblem. */
export async function fetchRaw(path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { ...init, headers: inOurLanguage(new Headers(init.headers)) });
  } catch {
    throw unreachable();
  }
  if (response.ok) return response;
  const body: unknown = await response.json().catch(() => undefined);
  throw new ApiProblem(problemOf(body, response));
}

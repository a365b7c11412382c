/** Keeping a prompt: its recordings first, since each is a sound of its own, then everything else that is written about it. */
import { fetchRaw } from "@/api/client";
import type { Changed, Stored } from "@/api/objects";

export const SPOKEN = ["es", "en"] as const;
export type Spoken = (typeof SPOKEN)[number];

export interface PromptDraft {
  name: string;
  code: string;
  users: string[];
  text: Partial<Record<Spoken, string>>;
  /** What is heard in each language, where both are there: the recording or the text. */
  source: Record<Spoken, "text" | "recording">;
  /** WAV files that are not sent yet. */
  fresh: Partial<Record<Spoken, Blob>>;
}

export function draftOf(prompt: Stored<"prompt"> | null): PromptDraft {
  const recorded = (language: Spoken) => (prompt?.recording?.[language] ? "recording" : "text");
  return {
    name: prompt?.name ?? "",
    code: prompt?.code ?? "",
    users: prompt?.users ?? [],
    text: { ...prompt?.text },
    source: { es: recorded("es"), en: recorded("en") },
    fresh: {},
  };
}

export function soundUrl(tenant: string, id: string, language: Spoken): string {
  return `/api/v1/tenants/${encodeURIComponent(tenant)}/prompts/${encodeURIComponent(id)}/sounds/${language}`;
}

/** What is sent of a draft, where these recordings are kept. */
export function fieldsOf(draft: PromptDraft, kept: Record<string, string>): Record<string, unknown> {
  return {
    kind: "prompt",
    name: draft.name.trim(),
    code: draft.code,
    users: draft.users,
    text: Object.fromEntries(SPOKEN.map((one) => [one, draft.text[one]?.trim()]).filter(([, text]) => text)),
    recording: Object.fromEntries(
      SPOKEN.filter((one) => draft.source[one] === "recording" && kept[one]).map((one) => [one, kept[one]]),
    ),
  };
}

/** Raises ApiProblem. What was sent before it stays. */
export async function savePrompt(
  tenant: string,
  id: string,
  draft: PromptDraft,
  stored: { object: Stored<"prompt">; etag: string } | null,
): Promise<Changed<"prompt">> {
  const path = `/api/v1/tenants/${encodeURIComponent(tenant)}/prompts/${encodeURIComponent(id)}`;
  let recording = stored?.object.recording ?? {};
  let etag = stored?.etag ?? "";
  const fresh = SPOKEN.filter((one) => draft.source[one] === "recording" && draft.fresh[one]);
  for (const language of fresh) {
    await fetchRaw(soundUrl(tenant, id, language), {
      method: "PUT",
      headers: { "Content-Type": "audio/wav" },
      body: draft.fresh[language] ?? null,
    });
  }
  if (fresh.length) {
    const response = await fetchRaw(path);
    recording = ((await response.json()) as Stored<"prompt">).recording ?? {};
    etag = response.headers.get("ETag") ?? "";
  }
  const response = await fetchRaw(path, {
    method: "PUT",
    headers: { "Content-Type": "application/json", ...(etag ? { "If-Match": etag } : {}) },
    body: JSON.stringify({ ...fieldsOf(draft, recording), id }),
  });
  return response.json();
}

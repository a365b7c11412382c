/** Everybody as a spreadsheet, in: what a table would change, and its doing. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { fetchRaw } from "@/api/client";
import type { components } from "@/api/generated";
import { configurationChanged } from "@/api/objects";
import { useTenant } from "@/api/tenant";

type Schemas = components["schemas"];
export type Import = Schemas["ImportBody"];
export type Row = Schemas["RowBody"];
export type Credentials = Schemas["CredentialsBody"];

export const COLUMNS = [
  "id",
  "name",
  "mail",
  "site",
  "extension",
  "language",
  "number",
  "record_calls",
  "max_calls",
  "devices",
] as const;

const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** What a file is, by its name: browsers do not agree about what they call a CSV. */
export function mediaTypeOf(name: string): string {
  return name.toLowerCase().endsWith(".xlsx") ? XLSX : "text/csv";
}

export function useImport(preview: boolean) {
  const tenant = useTenant();
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (file: File): Promise<Import> => {
      const path = `/api/v1/tenants/${encodeURIComponent(tenant)}/user-sheet?preview=${preview}`;
      const headers = { "Content-Type": mediaTypeOf(file.name) };
      return (await fetchRaw(path, { method: "POST", headers, body: file })).json();
    },
    onSuccess: () => (preview ? undefined : configurationChanged(client, tenant)),
  });
}

/** Field by field what becomes of a row's person, as far as the outcome says. */
export function changesOf(told: Import, user: string): Schemas["FieldChangeBody"][] {
  return (told.outcome?.changes ?? [])
    .filter((change) => change.kind === "user" && change.id === user)
    .flatMap((change) => change.fields);
}

/** The credentials as a table that a spreadsheet opens: no cell of it begins a formula. */
export function credentialsCsv(titles: string[], credentials: Credentials[]): string {
  const cell = (text: string) => {
    const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return `"${harmless.replaceAll('"', '""')}"`;
  };
  const rows = credentials.map((one) => [one.user, one.extension, one.device, one.username, one.password]);
  return `\ufeff${[titles, ...rows].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

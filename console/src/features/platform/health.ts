/** What `/api/v1/health` says. It is no part of the OpenAPI document: monitors read it, signed in or not. */
interface Dependency {
  ok: boolean;
  detail: string;
}

export interface Health {
  ok: boolean;
  version: string;
  switch: Dependency & {
    uptime: number | null;
    calls: number | null;
    registrations: number | null;
    journal: Dependency | null;
    media: { worker: string; up: boolean; ports_in_use: number; ports_free: number }[];
  };
  database: Dependency;
  jobs: Dependency & { behind_bytes: number | null; mails_waiting: number | null };
  processes: { name: string; up: boolean; since: string; restarts: number; detail: string }[];
}

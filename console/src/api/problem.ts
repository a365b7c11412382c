import i18next from "i18next";

/** One field that is wrong; with `kind` and `id`, of an object of the configuration. */
export interface FieldError {
  field: string;
  detail: string;
  mend: string;
  kind: string;
  id: string;
}

export interface ProblemBody {
  code: string;
  status: number;
  detail: string;
  mend?: string;
  errors?: FieldError[];
}

/** An answer that is a refusal (RFC 9457), or none at all: `code` "unreachable". */
export class ApiProblem extends Error {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly mend: string;
  readonly errors: FieldError[];

  constructor(body: ProblemBody) {
    super(body.detail);
    this.name = "ApiProblem";
    this.code = body.code;
    this.status = body.status;
    this.detail = body.detail;
    this.mend = body.mend ?? "";
    this.errors = body.errors ?? [];
  }

  /** What went wrong, in the reader's language where we know the code; else the API's own English. */
  get words(): string {
    return i18next.t(this.code, { ns: "problems", defaultValue: this.detail });
  }
}

export function isProblem(error: unknown, code?: string): error is ApiProblem {
  return error instanceof ApiProblem && (code === undefined || error.code === code);
}

/** What to show of whatever was thrown. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? (isProblem(error) ? error.words : error.message) : String(error);
}

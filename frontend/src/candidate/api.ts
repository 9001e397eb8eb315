import type { CandidateState, Mode, PageConfig } from "./types";

/** Django refused, with a sentence for the candidate. `status` 0 means it could not be reached. */
export class RequestError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

export class Api {
  constructor(private readonly config: PageConfig) {}

  readState(): Promise<CandidateState> {
    return this.request("GET", this.config.urls.state);
  }

  /** Asks for a session; safe to repeat, an active one is answered again. `record` where the candidate agrees to it. */
  start(mode: Mode, record: boolean): Promise<CandidateState> {
    const { consent_version, locale } = this.config;
    return this.request("POST", this.config.urls.start, { consent: true, consent_version, locale, mode, record });
  }

  /** Ends the active session so that it can be continued later. */
  leave(): Promise<CandidateState> {
    return this.request("POST", this.config.urls.leave, {});
  }

  /** Ends the active session because this page goes on without its bot, which is not leaving. */
  takeOver(): Promise<CandidateState> {
    return this.request("POST", this.config.urls.leave, { lost: true });
  }

  private async request(method: string, url: string, body?: unknown): Promise<CandidateState> {
    let response: Response;
    try {
      response = await fetch(url, {
        method,
        headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": this.config.csrf },
        body: body === undefined ? undefined : JSON.stringify(body),
        cache: "no-store",
        signal: AbortSignal.timeout(15_000),
      });
    } catch {
      throw new RequestError(this.config.texts.unreachable ?? "", 0);
    }
    if (response.ok) return (await response.json()) as CandidateState;
    const problem = (await response.json().catch(() => ({}))) as { error?: string };
    throw new RequestError(problem.error ?? this.config.texts.went_wrong ?? "", response.status);
  }
}

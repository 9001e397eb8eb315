// The JSON that Django and the page exchange. Times are ISO 8601, durations seconds.

export type SessionStatus = "queued" | "starting" | "waiting" | "live" | "ended";

export type EndReason =
  | ""
  | "completed"
  | "left"
  | "connection_lost"
  | "rejoined"
  | "bot_lost"
  | "start_failed"
  | "ended_by_staff"
  | "time_limit"
  | "never_joined"
  | "canceled";

export interface WebRtcConnect {
  offer_url: string;
  ice_servers: RTCIceServer[];
}

export interface DailyConnect {
  room_url: string;
  token: string;
}

export interface SessionState {
  id: string;
  status: SessionStatus;
  end_reason: EndReason;
  queue_position: number | null;
  transport: "webrtc" | "daily";
  connect: WebRtcConnect | DailyConnect | null;
  recorded: boolean;
  can_restart: boolean;
  /** How often the candidate may leave and still come back. */
  retries_left: number;
  message: string;
}

export type Speaker = "bot" | "candidate";

export interface Turn {
  role: Speaker;
  text: string;
  at: string;
}

export interface Progress {
  /** Counts from 1; 0 before the first question. */
  index: number;
  count: number;
  question: { id: string; text: string; required: boolean } | null;
  /** The follow-up that is to be answered now. */
  follow_up: string | null;
  time_limit: number;
  question_left: number;
  elapsed: number;
  total_limit: number;
  turns: Turn[];
}

export interface Summary {
  summary: string;
  points: string[];
}

/** Statuses of an invitation whose interview is over, whatever is still being worked out. */
export const FINISHED = ["processing", "completed"];

export interface CandidateState {
  invitation: { status: string; expires_at: string };
  session: SessionState | null;
  progress: Progress;
  result: Summary | null;
}

export type Mode = "voice" | "text";

export interface PageConfig {
  state: CandidateState;
  urls: { state: string; start: string; leave: string; decline: string; socket: string };
  csrf: string;
  texts: Record<string, string>;
  consent_version: string;
  typing_allowed: boolean;
  locale: string;
}

/** What the page can ask of the bot, beside what it says and types. */
export type ClientMessage = `interview.${"repeat" | "done" | "skip" | "pause" | "resume" | "typing" | "wait" | "go_ahead" | "leave"}`;

/** `data` of the RTVI server-messages the page acts on; the bot's contract.py defines them. */
export type InterviewEvent =
  | { type: "interview.started"; question_count: number; total_limit: number; elapsed: number; resumed: boolean }
  | {
      type: "question.started";
      question_id: string;
      index: number;
      count: number;
      text: string;
      time_limit: number;
      /** Where an earlier session has used some of it. */
      time_left: number | null;
      required: boolean;
    }
  | { type: "follow_up.asked"; question_id: string; number: number; text: string }
  | { type: "interview.troubled" | "voice.unavailable"; text: string }
  | { type: "time.spent"; elapsed: number; interview_left: number; question_id: string; question_left: number }
  | { type: "time.warning"; scope: "question" | "interview"; seconds_left: number }
  | { type: "turn.added"; role: Speaker; text: string; started_at: string; interrupted: boolean }
  | { type: "answer.accepted"; question_id: string }
  | {
      type: "command.handled";
      name: "say" | "extend" | "skip" | "end";
      problem: string;
      seconds: number;
      question_left: number;
      interview_left: number;
    }
  | { type: "typing.offered"; question_id: string | null }
  | { type: "wait.offered" }
  | { type: "interview.paused"; reason: string }
  | { type: "interview.resumed" }
  | { type: "summary.ready"; text: string; points: string[] }
  | { type: "interview.completed"; reason: "all_answered" | "time_limit" | "ended_by_staff" | "left" | "failed" };

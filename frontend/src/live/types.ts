/** What the WebSockets say. The server's side is interviews/live/staff.py, and of a snapshot interviews/console/snapshot.py. */

import type { News } from "./tiles";

export interface Session {
  id: string;
  status: "queued" | "starting" | "waiting" | "live" | "ended";
  status_label: string;
  end_reason: string;
  end_reason_label: string;
  mode: string;
  requested_at: string;
  started_at: string | null;
  ended_at: string | null;
  heartbeat_at: string | null;
  lease_seconds: number;
}

/** A stored turn; a `turn.added` event has the same fields but for `seq`. */
export interface StoredTurn {
  seq: number;
  role: "bot" | "candidate";
  text: string;
  modality: "voice" | "text" | "mixed";
  interrupted: boolean;
  question_id: string | null;
  started_at: string;
  ended_at: string;
}

/** What somebody of the hiring team asked of the interviewer, and what became of it. */
export interface Command {
  id: string;
  name: "say" | "extend" | "skip" | "end";
  args: { text?: string; seconds?: number; question_id?: string };
  status: "pending" | "done" | "failed";
  problem: string;
  given_by: string;
  given_at: string;
  handled_at: string | null;
}

/** An RTVI message. Its `data` is checked where it is read: a newer bot may say more than this page knows. */
export interface Message {
  type: string;
  data?: unknown;
}

/** One relay frame. Without `seq` it is passing news; without `message` a heartbeat. */
export interface Frame {
  seq: number | null;
  at: string;
  message: Message | null;
}

export interface NumberedFrame extends Frame {
  seq: number;
  message: Message;
}

/** Everything stored, at one moment: `turns` and `events` share one numbering, up to `last_seq`. */
export interface Snapshot {
  now: string;
  last_seq: number;
  session: Session;
  turns: StoredTurn[];
  events: NumberedFrame[];
  commands: Command[];
}

export type Push =
  | { type: "snapshot"; snapshot: Snapshot }
  | { type: "frame"; frame: Frame }
  | { type: "command"; command: Command }
  | { type: "news"; news: News }
  | { type: "changed" };

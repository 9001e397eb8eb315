/**
 * What the page knows of one session, and how each frame changes it. Pure: no clock, no network, no page.
 *
 * The promise tests hold it to: a stale snapshot and the frames since then give the record of a fresh snapshot.
 */
import type { Command, Frame, Message, NumberedFrame, Session, Snapshot, StoredTurn } from "./types";

const LOG_LENGTH = 200;
const FIGURES_KEPT = 60;

/** Times are epoch milliseconds: the same moment is written in more than one way on the wire. */
export interface Turn {
  seq: number;
  role: "bot" | "candidate";
  text: string;
  modality: "voice" | "text" | "mixed";
  interrupted: boolean;
  startedAt: number;
}

export interface Question {
  id: string;
  index: number;
  count: number;
  text: string;
  followUps: number;
}

/** A time limit: when it runs out, in epoch milliseconds, or how much is left of it while the interview is paused. */
export interface Deadline {
  limit: number;
  at: number;
  leftWhenPaused: number | null;
}

export interface LogEntry {
  seq: number;
  at: number;
  name: string;
  data: unknown;
}

/** All that follows from numbered frames, so from what is stored. */
export interface SessionRecord {
  lastSeq: number;
  turns: Turn[];
  /** Final transcripts that no finished turn contains yet. */
  heard: string;
  begun: boolean;
  resumed: boolean;
  paused: boolean;
  question: Question | null;
  questionDeadline: Deadline | null;
  totalDeadline: Deadline | null;
  /** Ids of the questions whose answers are in; an answer may come again, longer. */
  answered: string[];
  completed: string;
  summary: { text: string; points: string[] } | null;
  latencies: { at: number; seconds: number; parts: Record<string, number> }[];
  /** Time to first byte in seconds, by service, the latest last. */
  ttfb: Record<string, number[]>;
  errors: number;
  log: LogEntry[];
}

export type Activity = "" | "listening" | "hearing" | "thinking" | "speaking";

/** What is going on this very moment. Lost with the connection, and no harm done. */
export interface Moment {
  activity: Activity;
  /** The candidate's words as they are being recognised. */
  interim: string;
  /** What the bot is saying, by segment. */
  saying: { id: number; text: string }[];
}

export interface State {
  session: Session;
  record: SessionRecord;
  moment: Moment;
  /** In the order in which they were given. */
  commands: Command[];
}

export function fromSnapshot(snapshot: Snapshot, before?: State): State {
  let record = emptyRecord();
  const steps = [
    ...snapshot.turns.map((turn) => ({ seq: turn.seq, step: (r: SessionRecord) => addTurn(r, turn) })),
    ...snapshot.events.map((frame) => ({ seq: frame.seq, step: (r: SessionRecord) => applyMessage(r, frame) })),
  ].sort((a, b) => a.seq - b.seq);
  for (const { step } of steps) record = step(record);
  record.lastSeq = snapshot.last_seq;
  const moment = before && snapshot.session.status === "live" ? before.moment : quiet();
  return { session: snapshot.session, record, moment, commands: snapshot.commands };
}

/** The state after `frame`, or null when frames are missing in between and a snapshot has to be fetched. */
export function applyFrame(state: State, frame: Frame): State | null {
  const session = { ...state.session, heartbeat_at: later(state.session.heartbeat_at, frame.at) };
  if (frame.message === null) return { ...state, session };
  const moment = applyMoment(state.moment, frame.message);
  if (frame.seq === null) return { ...state, session, moment };
  if (frame.seq <= state.record.lastSeq) return state;
  if (frame.seq !== state.record.lastSeq + 1) return null;
  const record = applyNumbered(state.record, frame as NumberedFrame);
  return { ...state, session, record: { ...record, lastSeq: frame.seq }, moment };
}

/** A command as it stands now. News of it may overtake one another, and an answered one does not wait again. */
export function applyCommand(state: State, command: Command): State {
  const known = state.commands.find((one) => one.id === command.id);
  if (known && known.status !== "pending") return state;
  const others = state.commands.filter((one) => one !== known);
  const commands = [...others, command].sort((a, b) => Date.parse(a.given_at) - Date.parse(b.given_at));
  return { ...state, commands };
}

function applyNumbered(record: SessionRecord, frame: NumberedFrame): SessionRecord {
  const data = dataOf(frame.message);
  if (frame.message.type !== "server-message" || data.type !== "turn.added") return applyMessage(record, frame);
  return addTurn(record, { ...(data as unknown as StoredTurn), seq: frame.seq });
}

function addTurn(record: SessionRecord, stored: StoredTurn): SessionRecord {
  const { seq, role, text, modality, interrupted } = stored;
  const turn = { seq, role, text, modality, interrupted, startedAt: Date.parse(stored.started_at) };
  return { ...record, turns: [...record.turns, turn], heard: role === "candidate" ? "" : record.heard };
}

function applyMessage(record: SessionRecord, frame: NumberedFrame): SessionRecord {
  const data = dataOf(frame.message);
  switch (frame.message.type) {
    case "user-transcription":
      return data.final === false ? record : { ...record, heard: joined(record.heard, String(data.text ?? "")) };
    case "metrics":
      return { ...record, ttfb: withTtfb(record.ttfb, data.ttfb) };
    case "error":
      return logged({ ...record, errors: record.errors + 1 }, frame, "error", data);
    case "server-message":
      // Clocks are told too often for a list of what happened.
      if (data.type === "time.spent") return applyEvent(record, frame, data);
      return logged(applyEvent(record, frame, data), frame, String(data.type ?? "server-message"), data);
    default:
      return logged(record, frame, frame.message.type, data);
  }
}

function applyEvent(record: SessionRecord, frame: NumberedFrame, data: Fields): SessionRecord {
  const at = Date.parse(frame.at);
  switch (data.type) {
    case "interview.started": {
      const limit = Number(data.total_limit);
      const totalDeadline = deadline(limit, at + (limit - Number(data.elapsed ?? 0)) * 1000);
      return { ...record, begun: true, resumed: Boolean(data.resumed), totalDeadline };
    }
    case "question.started": {
      const { question_id, index, count, text } = data;
      const question = {
        id: String(question_id),
        index: Number(index),
        count: Number(count),
        text: String(text),
        followUps: 0,
      };
      const limit = Number(data.time_limit);
      const left = Number(data.time_left ?? limit);
      return { ...record, question, questionDeadline: deadline(Math.max(limit, left), at + left * 1000) };
    }
    case "follow_up.asked":
      return record.question
        ? { ...record, question: { ...record.question, followUps: Number(data.number) } }
        : record;
    case "time.spent":
      return {
        ...record,
        questionDeadline: corrected(record.questionDeadline, Number(data.question_left), at),
        totalDeadline: corrected(record.totalDeadline, Number(data.interview_left), at),
      };
    case "time.warning": {
      const which = data.scope === "question" ? "questionDeadline" : "totalDeadline";
      return { ...record, [which]: corrected(record[which], Number(data.seconds_left), at) };
    }
    case "command.handled":
      return {
        ...record,
        questionDeadline: extended(record.questionDeadline, Number(data.seconds ?? 0)),
        totalDeadline: extended(record.totalDeadline, Number(data.seconds ?? 0)),
      };
    case "answer.accepted":
      return { ...record, answered: [...new Set([...record.answered, String(data.question_id)])] };
    case "turn.latency": {
      const figure = {
        at,
        seconds: Number(data.seconds),
        parts: (data.parts ?? {}) as Record<string, number>,
      };
      return { ...record, latencies: [...record.latencies, figure].slice(-FIGURES_KEPT) };
    }
    case "interview.paused":
      return {
        ...record,
        paused: true,
        questionDeadline: stopped(record.questionDeadline, at),
        totalDeadline: stopped(record.totalDeadline, at),
      };
    case "interview.resumed":
      return {
        ...record,
        paused: false,
        questionDeadline: resumed(record.questionDeadline, at),
        totalDeadline: resumed(record.totalDeadline, at),
      };
    case "summary.ready":
      return { ...record, summary: { text: String(data.text), points: (data.points ?? []) as string[] } };
    case "interview.completed":
      return { ...record, completed: String(data.reason) };
    default:
      return record;
  }
}

function applyMoment(moment: Moment, message: Message): Moment {
  const data = dataOf(message);
  switch (message.type) {
    case "bot-started-speaking":
      return { ...moment, activity: "speaking" };
    case "bot-stopped-speaking":
      return { ...moment, activity: "listening" };
    case "user-started-speaking":
      return { ...moment, activity: "hearing", interim: "" };
    case "user-stopped-speaking":
    case "bot-llm-started":
      return { ...moment, activity: "thinking" };
    case "user-transcription":
      return { ...moment, interim: data.final === false ? String(data.text ?? "") : "" };
    case "bot-output":
      return { ...moment, saying: withSegment(moment.saying, data) };
    case "server-message":
      return applyMomentEvent(moment, data);
    default:
      return moment;
  }
}

function applyMomentEvent(moment: Moment, data: Fields): Moment {
  switch (data.type) {
    case "turn.added":
      return data.role === "bot" ? { ...moment, saying: [] } : { ...moment, interim: "" };
    case "interview.paused":
    case "interview.completed":
      return quiet();
    default:
      return moment;
  }
}

function withSegment(saying: Moment["saying"], data: Fields): Moment["saying"] {
  const id = Number(data.segment_id ?? -1);
  const text = String(data.text ?? "").trim();
  if (!text || data.will_be_spoken === false) return saying;
  return saying.some((segment) => segment.id === id && id >= 0)
    ? saying.map((segment) => (segment.id === id ? { id, text } : segment))
    : [...saying, { id, text }];
}

function withTtfb(ttfb: SessionRecord["ttfb"], figures: unknown): SessionRecord["ttfb"] {
  if (!Array.isArray(figures)) return ttfb;
  const all = { ...ttfb };
  for (const { processor, value } of figures as { processor: string; value: number }[]) {
    // Pipecat reports 0 when a service is set up; that is no measurement.
    if (!value) continue;
    const name = processor.replace(/#\d+$/, "");
    all[name] = [...(all[name] ?? []), value].slice(-FIGURES_KEPT);
  }
  return all;
}

function logged(record: SessionRecord, frame: NumberedFrame, name: string, data: Fields): SessionRecord {
  const entry = { seq: frame.seq, at: Date.parse(frame.at), name, data };
  return { ...record, log: [...record.log, entry].slice(-LOG_LENGTH) };
}

function deadline(limit: number, at: number): Deadline {
  return { limit, at, leftWhenPaused: null };
}

function extended(limit: Deadline | null, seconds: number): Deadline | null {
  if (!limit) return null;
  const left = limit.leftWhenPaused === null ? null : limit.leftWhenPaused + seconds * 1000;
  return { limit: limit.limit + seconds, at: limit.at + seconds * 1000, leftWhenPaused: left };
}

/** A limit of which so many seconds are left at that moment, as the bot's clock says. */
function corrected(limit: Deadline | null, seconds: number, at: number): Deadline {
  const end = deadline(limit?.limit ?? seconds, at + seconds * 1000);
  return limit && limit.leftWhenPaused !== null ? { ...end, leftWhenPaused: seconds * 1000 } : end;
}

function stopped(running: Deadline | null, at: number): Deadline | null {
  return running && running.leftWhenPaused === null ? { ...running, leftWhenPaused: running.at - at } : running;
}

function resumed(paused: Deadline | null, at: number): Deadline | null {
  return paused && paused.leftWhenPaused !== null ? deadline(paused.limit, at + paused.leftWhenPaused) : paused;
}

function emptyRecord(): SessionRecord {
  return {
    lastSeq: 0,
    turns: [],
    heard: "",
    begun: false,
    resumed: false,
    paused: false,
    question: null,
    questionDeadline: null,
    totalDeadline: null,
    answered: [],
    completed: "",
    summary: null,
    latencies: [],
    ttfb: {},
    errors: 0,
    log: [],
  };
}

function quiet(): Moment {
  return { activity: "", interim: "", saying: [] };
}

type Fields = { [name: string]: unknown };

function dataOf(message: Message): Fields {
  return message.data && typeof message.data === "object" ? (message.data as Fields) : {};
}

function joined(before: string, text: string): string {
  return [before, text.trim()].filter(Boolean).join(" ");
}

function later(a: string | null, b: string): string {
  return a !== null && Date.parse(a) > Date.parse(b) ? a : b;
}

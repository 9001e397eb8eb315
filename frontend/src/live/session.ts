/** The page of one session. The template promises the elements named by `data-part`. */
import { clock } from "../candidate/dom";
import { Controls } from "./controls";
import { fill } from "../sentences";
import { element } from "./dom";
import { follow } from "./follow";
import { drawSparkline, duration, median } from "./sparkline";
import type { Link } from "./socket";
import type { Activity, Deadline, LogEntry, SessionRecord, State } from "./state";
import { TranscriptView } from "./transcript";
import type { Command, Session } from "./types";

const SHORT = 0.2;
/** Seconds in which two heartbeats should have come. */
export const BEATS_MISSED = 12;
type Texts = Record<string, string>;

export function watchSession(root: HTMLElement, texts: Texts): void {
  const page = new SessionPage(root, texts, (command) => take({ type: "command", command }));
  const take = follow(root.dataset.socketPath!, page);
  window.setInterval(() => page.tick(), 500);
}

class SessionPage {
  private state: State | undefined;
  private clockOffset = 0;
  private link: Link = "connecting";
  private readonly transcript: TranscriptView;
  private readonly controls: Controls;
  private shownLog = 0;

  constructor(
    private readonly root: HTMLElement,
    private readonly texts: Texts,
    commandTaken: (command: Command) => void,
  ) {
    this.controls = new Controls(root, texts, commandTaken);
    this.transcript = new TranscriptView(this.part("transcript"), this.part("drafts"), this.part("scroller"), {
      language: root.dataset.language!,
      bot: root.dataset.interviewer!,
      candidate: root.dataset.candidate!,
      typed: texts.typed!,
      interrupted: texts.interrupted!,
    });
  }

  onState(state: State, clockOffset: number): void {
    this.state = state;
    this.clockOffset = clockOffset;
    const { session, record } = state;
    this.root.dataset.status = session.status;
    this.text("status", session.status_label);
    this.part("status").dataset.status = session.status;
    this.text("end-reason", session.end_reason_label ? `${this.texts.ended_because} ${session.end_reason_label}` : "");
    this.part("ended").hidden = session.status !== "ended";
    this.part("empty").hidden = record.turns.length > 0;
    this.text("empty", this.texts[`empty_${session.status}`] ?? "");
    this.transcript.show(state);
    this.controls.show(state);
    this.showQuestion(record);
    this.showSummary(record);
    this.showFigures(record);
    this.showLog(record.log);
    this.tick();
  }

  onLink(link: Link): void {
    this.link = link;
    this.part("gone").hidden = link !== "gone";
    this.tick();
  }

  /** What moves without any news: the clocks, and how long the bot has been silent. */
  tick(): void {
    const page = this.part("page-link");
    page.dataset.state = this.link;
    this.say(page, this.texts[`page_${this.link}`]!);
    if (!this.state) return;
    const now = Date.now() + this.clockOffset;
    this.showActivity(this.state, now);
    this.showBot(this.state, now);
    const running = this.state.session.status === "live";
    this.showDeadline("question", running ? this.state.record.questionDeadline : null, now);
    this.showDeadline("total", running ? this.state.record.totalDeadline : null, now);
  }

  private showActivity({ session, record, moment }: State, now: number): void {
    let activity: Activity | "paused" | "silent" | "live" = "";
    if (session.status === "live") activity = record.paused ? "paused" : moment.activity || "live";
    if (activity && silence(session, now) >= BEATS_MISSED) activity = "silent";
    this.part("activity").dataset.activity = activity;
    this.say(this.part("activity-text"), activity ? this.texts[`activity_${activity}`]! : session.status_label);
  }

  private showBot({ session }: State, now: number): void {
    const bot = this.part("bot-link");
    const silent = silence(session, now);
    bot.hidden = session.status === "ended" || session.status === "queued";
    bot.dataset.state = silent < BEATS_MISSED ? "open" : silent < session.lease_seconds ? "connecting" : "lost";
    this.say(
      bot,
      silent === Infinity
        ? this.texts.bot_expected!
        : silent < BEATS_MISSED
          ? this.texts.bot_open!
          : this.texts.bot_silent!.replace("{seconds}", String(Math.round(silent))),
    );
  }

  private showQuestion({ question, questionDeadline, answered, completed }: SessionRecord): void {
    this.part("question").hidden = !question;
    if (!question) return;
    this.text("question-number", fill(this.texts.question_of!, { index: question.index, count: question.count }));
    this.text("question-text", question.text);
    this.text("follow-ups", question.followUps ? fill(this.texts.follow_ups!, { count: question.followUps }) : "");
    const share = (completed ? answered.length : Math.max(answered.length, question.index - 1)) / question.count;
    this.part("progress").style.transform = `scaleX(${Math.min(1, share)})`;
    this.part("question-time").hidden = !questionDeadline;
  }

  private showDeadline(name: "question" | "total", deadline: Deadline | null, now: number): void {
    const element = this.part(`${name}-time`);
    element.hidden = !deadline;
    if (!deadline) return;
    const left = (deadline.leftWhenPaused ?? deadline.at - now) / 1000;
    element.classList.toggle("vv-short", left < deadline.limit * SHORT);
    this.say(this.part(`${name}-left`), clock(left));
  }

  private showSummary({ summary }: SessionRecord): void {
    this.part("summary").hidden = !summary;
    if (!summary) return;
    this.text("summary-text", summary.text);
    this.part("summary-points").replaceChildren(...summary.points.map((point) => element("li", "", point)));
  }

  private showFigures({ latencies, ttfb }: SessionRecord): void {
    const seconds = latencies.map((figure) => figure.seconds);
    const services = Object.entries(ttfb).sort(([a], [b]) => a.localeCompare(b));
    this.part("no-figures").hidden = seconds.length + services.length > 0;
    this.part("latency").hidden = seconds.length === 0;
    if (seconds.length) {
      this.text("latency-last", duration(seconds.at(-1)!));
      this.text("latency-median", duration(median(seconds)));
      this.text("latency-worst", duration(Math.max(...seconds)));
      drawSparkline(this.part("sparkline") as unknown as SVGSVGElement, seconds);
    }
    this.part("services").hidden = services.length === 0;
    this.part("service-rows").replaceChildren(
      ...services.map(([name, values]) => {
        const row = document.createElement("tr");
        const head = element("th", "", name.replace(/Service$/, ""));
        head.setAttribute("scope", "row");
        row.append(head, element("td", "", duration(values.at(-1)!)), element("td", "", duration(median(values))));
        return row;
      }),
    );
  }

  private showLog(log: LogEntry[]): void {
    const last = log.at(-1)?.seq ?? 0;
    if (last === this.shownLog) return;
    this.shownLog = last;
    this.text("log-count", String(log.length));
    this.part("log").replaceChildren(...log.map((entry) => this.logLine(entry)).reverse());
  }

  private logLine(entry: LogEntry): HTMLElement {
    const line = document.createElement("li");
    const at = element("time", "vv-log__at", new Date(entry.at).toLocaleTimeString([], { hour12: false }));
    const { type: _, ...rest } = entry.data as Record<string, unknown>;
    line.append(at, element("span", "vv-log__name", entry.name));
    if (Object.keys(rest).length) line.append(element("code", "vv-log__data", JSON.stringify(rest)));
    return line;
  }

  private part(name: string): HTMLElement {
    const found = this.root.querySelector<HTMLElement>(`[data-part="${name}"]`);
    if (!found) throw new Error(`The page has no part ${name}`);
    return found;
  }

  private text(name: string, text: string): void {
    this.say(this.part(name), text);
  }

  /** Writes only what differs, so that a screen reader hears changes and nothing else. */
  private say(target: HTMLElement, text: string): void {
    if (target.textContent !== text) target.textContent = text;
  }
}

/** Seconds since the bot's last sign of life. */
function silence(session: Session, now: number): number {
  return session.heartbeat_at ? (now - Date.parse(session.heartbeat_at)) / 1000 : Infinity;
}

import { fill } from "../sentences";
import { byId, clock } from "./dom";
import type { Progress } from "./types";

const LAST_PART = 0.2;

interface Countdown {
  limit: number;
  left: number;
}

/** The time left for this question and for the whole interview. They stand still while the connection is away. */
export class Timers {
  private readonly question: Countdown = { limit: 0, left: 0 };
  private readonly total: Countdown = { limit: 0, left: 0 };
  private before = 0;
  private running = false;

  constructor(private readonly texts: Record<string, string>) {
    setInterval(() => this.tick(), 500);
  }

  adopt(progress: Progress): void {
    this.startQuestion(progress.time_limit, progress.question_left);
    this.startInterview(progress.total_limit, progress.elapsed);
  }

  startInterview(limit: number, elapsed: number): void {
    this.total.limit = limit;
    this.total.left = limit - elapsed;
    this.show();
  }

  startQuestion(limit: number, left: number): void {
    this.question.limit = limit;
    this.question.left = left;
    this.show();
  }

  correct(scope: "question" | "interview", secondsLeft: number): void {
    (scope === "question" ? this.question : this.total).left = secondsLeft;
    this.show();
  }

  /** The hiring team has given more time. */
  extend(seconds: number, questionLeft: number, interviewLeft: number): void {
    this.question.limit += seconds;
    this.question.left = questionLeft;
    this.total.limit += seconds;
    this.total.left = interviewLeft;
    this.show();
  }

  run(running: boolean): void {
    this.running = running;
    this.before = performance.now();
  }

  private tick(): void {
    if (!this.running) return;
    const now = performance.now();
    const passed = (now - this.before) / 1000;
    this.before = now;
    this.question.left = Math.max(0, this.question.left - passed);
    this.total.left = Math.max(0, this.total.left - passed);
    this.show();
  }

  private show(): void {
    const { question, total } = this;
    byId("question-time").textContent = fill(this.texts.question_time!, { time: clock(question.left) });
    byId("total-time").textContent = fill(this.texts.total_time!, { time: clock(total.left) });
    const share = question.limit ? Math.max(0, Math.min(1, question.left / question.limit)) : 1;
    byId("question-bar").style.transform = `scaleX(${share})`;
    byId("time").classList.toggle("time--short", question.limit > 0 && share <= LAST_PART);
    byId("total-time").classList.toggle("time--short", total.limit > 0 && total.left <= total.limit * LAST_PART);
  }
}

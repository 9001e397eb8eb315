import type { Activity } from "./call";
import { fill } from "../sentences";
import { byId } from "./dom";
import type { Microphone } from "./microphone";
import type { Voice } from "./voice";

/** What the room shows in place of the conversation's state until, and whenever, the bot is not there. */
export type Phase =
  | "queued"
  | "starting"
  | "connecting"
  | "live"
  | "finishing"
  | "reconnecting"
  | "failed"
  | "left"
  | "elsewhere";

export interface RoomActions {
  mute(): void;
  repeat(): void;
  done(): void;
  skip(): void;
  /** Pause, or go on when paused. */
  pause(): void;
  /** Have answers end only when the candidate says so, or no longer. */
  wait(): void;
  leave(): void;
  /** The button of a phase: try again, continue, or continue here. */
  proceed(): void;
}

/** Characters from which on a question is set smaller, so that what is below it stays in sight. */
const LONG_QUESTION = 160;
const TEAM_NOTE_SHOWN = 20_000;
const SHORTCUTS: Record<string, string> = { KeyM: "mute", KeyR: "repeat", KeyD: "done", KeyW: "wait" };

/** The room's own controls and its state at a glance. */
export class Room {
  private readonly root = byId("room");
  private readonly status = byId("bot-status");
  private readonly note = byId("bot-note");
  private readonly proceedButton = byId<HTMLButtonElement>("proceed");
  private readonly notice = byId("notice");
  private readonly teamNote = byId("team-note");
  private teamNoteTimer: number | undefined;
  private readonly dialog = byId<HTMLDialogElement>("leave-dialog");
  private phase: Phase = "starting";
  private activity: Activity = "listening";
  private steady = true;
  private paused = false;
  private pauseUsed = false;
  private recorded = false;

  constructor(
    actions: RoomActions,
    private readonly microphone: Microphone,
    private readonly voice: Voice,
    private readonly texts: Record<string, string>,
  ) {
    for (const name of ["mute", "repeat", "done", "skip", "pause", "wait"] as const) {
      byId(name).addEventListener("click", () => actions[name]());
    }
    this.proceedButton.addEventListener("click", () => actions.proceed());
    byId("leave").addEventListener("click", () => this.dialog.showModal());
    this.dialog.addEventListener("close", () => {
      if (this.dialog.returnValue === "leave") actions.leave();
      this.dialog.returnValue = "";
    });
    byId("sound").addEventListener("click", () => {
      this.voice.isMuted = !this.voice.isMuted;
      this.showControls();
    });
    byId("captions").addEventListener("click", ({ currentTarget }) => {
      const button = currentTarget as HTMLButtonElement;
      const on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(on));
      byId("transcript-scroller").hidden = !on;
    });
    document.addEventListener("keydown", (event) => {
      const button = event.altKey && !event.ctrlKey && !event.metaKey ? SHORTCUTS[event.code] : undefined;
      if (!button || this.root.hidden) return;
      event.preventDefault();
      byId<HTMLButtonElement>(button).click();
    });
    const offline = (): void => void (byId("offline").hidden = navigator.onLine);
    addEventListener("online", offline);
    addEventListener("offline", offline);
    offline();
    microphone.addEventListener("change", () => this.showControls());
    requestAnimationFrame(() => this.animate());
    this.showControls();
  }

  show(phase: Phase, values: Record<string, string | number> = {}, message = ""): void {
    this.phase = phase;
    this.root.dataset.phase = phase;
    const texts = this.texts;
    const kind = phase === "queued" && values.position === 1 ? "queued_next" : phase;
    this.note.textContent = message || (texts[`${kind}_note`] ?? "");
    const label = { failed: texts.try_again, left: texts.continue, elsewhere: texts.continue_here }[phase as string];
    this.proceedButton.hidden = !label || values.final === 1;
    this.proceedButton.textContent = label ?? "";
    this.showStatus(fill(texts[`${kind}_title`] ?? "", values));
    this.showControls();
  }

  /** Whether what is said is kept as sound: a sign that stays, and said once to those who hear the page. */
  showRecorded(recorded: boolean): void {
    this.recorded = recorded;
    this.showControls();
  }

  showActivity(activity: Activity): void {
    this.activity = activity;
    this.showStatus();
  }

  showSteady(steady: boolean): void {
    this.steady = steady;
    this.showStatus();
  }

  /** All time stands still because the candidate asked for it, once for each question. */
  showPaused(paused: boolean): void {
    this.pauseUsed ||= paused;
    this.paused = paused;
    this.showControls();
  }

  showWaiting(waiting: boolean): void {
    byId("wait").setAttribute("aria-pressed", String(waiting));
  }

  showQuestion(index: number, count: number, text: string, required: boolean): void {
    this.pauseUsed = false;
    byId("skip").hidden = required;
    this.showControls();
    const label = index ? fill(this.texts.question_of!, { index, count }) : "";
    byId("question-number").textContent = label;
    byId("question-text").textContent = text;
    byId("question-text").classList.toggle("question__text--long", text.length >= LONG_QUESTION);
    byId("follow-up").hidden = true;
    const steps = byId("question-steps");
    steps.replaceChildren(
      ...Array.from({ length: count }, (_, at) => {
        const step = document.createElement("span");
        step.className = at + 1 < index ? "step step--done" : at + 1 === index ? "step step--now" : "step";
        return step;
      }),
    );
    if (label) this.announce(`${label}.`);
  }

  showFollowUp(text: string): void {
    byId("follow-up-text").textContent = text;
    byId("follow-up").hidden = false;
  }

  showNotice(text: string): void {
    this.notice.textContent = text;
    this.notice.hidden = !text;
  }

  /** Stays beside other notices, for long enough to be read. */
  showTeamNote(text: string): void {
    this.teamNote.textContent = text;
    this.teamNote.hidden = false;
    this.announce(text);
    clearTimeout(this.teamNoteTimer);
    this.teamNoteTimer = window.setTimeout(() => (this.teamNote.hidden = true), TEAM_NOTE_SHOWN);
  }

  /** Whether who leaves now may come back, as the question before leaving says. */
  showReturn(possible: boolean): void {
    for (const id of ["leave-return", "leave-for-now"]) byId(id).hidden = !possible;
    for (const id of ["leave-last", "leave-for-good"]) byId(id).hidden = possible;
  }

  announce(text: string): void {
    byId("announcer").textContent = text;
  }

  private showStatus(title?: string): void {
    const live = this.phase === "live";
    const shown = live ? (this.steady ? this.activity : "unsteady") : this.phase;
    byId("orb").dataset.state = shown;
    if (live) this.status.textContent = this.texts[shown] ?? "";
    else if (title) this.status.textContent = title;
  }

  private showControls(): void {
    const live = this.phase === "live";
    for (const name of ["repeat", "done", "skip", "send"]) byId(name).toggleAttribute("disabled", !live);
    byId("pause").toggleAttribute("disabled", !live || (this.pauseUsed && !this.paused));
    byId("pause").textContent = (this.paused ? this.texts.resume : this.texts.pause)!;
    const recording = live && this.recorded;
    if (recording && byId("recorded").hidden) this.announce(this.texts.recorded!);
    byId("recorded").hidden = !recording;
    byId("leave").toggleAttribute("disabled", ["left", "finishing", "elsewhere"].includes(this.phase));
    const { isOpen, isMuted } = this.microphone;
    const mute = byId("mute");
    mute.dataset.state = !isOpen ? "none" : isMuted ? "muted" : "on";
    byId("mute-label").textContent = (!isOpen ? this.texts.use_microphone : isMuted ? this.texts.unmute : this.texts.mute)!;
    byId("muted-hint").hidden = !isOpen || !isMuted;
    byId("sound").setAttribute("aria-pressed", String(!this.voice.isMuted));
  }

  private animate(): void {
    if (!this.root.hidden) {
      const speaking = this.activity === "speaking";
      const level = this.phase === "live" ? (speaking ? this.voice.level() : this.microphone.level()) : 0;
      byId("orb").style.setProperty("--level", level.toFixed(2));
    }
    requestAnimationFrame(() => this.animate());
  }
}

import type { Api } from "./api";
import type { Call, CallHandlers } from "./call";
import { Composer } from "./composer";
import { fill } from "../sentences";
import { byId } from "./dom";
import type { Microphone } from "./microphone";
import { Room, type RoomActions } from "./room";
import { Timers } from "./timers";
import { Transcript } from "./transcript";
import type { InterviewEvent, Mode, PageConfig, Progress, Summary } from "./types";
import { Voice } from "./voice";

const WAITING_KEY = `waiting:${location.pathname}`;

type TeamEvent = Extract<InterviewEvent, { type: "command.handled" }>;

export interface ConversationActions extends Pick<RoomActions, "leave" | "proceed"> {
  /** The bot has begun to say goodbye. */
  completed(): void;
  /** The call broke off, or the bot has left. */
  ended(): void;
}

/**
 * What is said and shown while a call lasts. The bot's events fill the room, and the candidate's buttons and words go
 * to the bot; what was missed is made up for from Django's state.
 */
export class Conversation {
  readonly room: Room;
  /** How the candidate answers. */
  mode: Mode = "voice";
  summary: Summary | null = null;
  private readonly transcript: Transcript;
  private readonly timers: Timers;
  private readonly composer: Composer;
  private readonly voice = new Voice();
  private call: Call | null = null;
  /** Number of the question on the page; 0 before the first. */
  private question = 0;
  private paused = false;
  /** Whether an answer ends only when the candidate says so. This device keeps it until the interview is over. */
  private waiting: boolean;

  constructor(
    private readonly config: PageConfig,
    private readonly api: Api,
    private readonly microphone: Microphone,
    private readonly actions: ConversationActions,
  ) {
    const { texts } = config;
    this.transcript = new Transcript({ bot: texts.interviewer!, candidate: texts.you! });
    this.timers = new Timers(texts);
    this.composer = new Composer(
      (text) => this.type(text),
      () => this.call?.send("interview.typing"),
      texts,
    );
    this.room = new Room(
      {
        mute: () => void this.toggleMicrophone(),
        repeat: () => this.call?.send("interview.repeat"),
        done: () => this.markDone(),
        skip: () => this.call?.send("interview.skip"),
        pause: () => this.call?.send(this.paused ? "interview.resume" : "interview.pause"),
        wait: () => this.setWaiting(!this.waiting),
        leave: actions.leave,
        proceed: actions.proceed,
      },
      microphone,
      this.voice,
      texts,
    );
    this.waiting = localStorage.getItem(WAITING_KEY) !== null;
    this.room.showWaiting(this.waiting);
    byId("sound").addEventListener("click", () => this.transcript.announceBot(this.voice.isMuted));
    microphone.addEventListener("lost", () => this.room.showNotice(texts.microphone_lost!));
  }

  /** Whether there is a call, steady or not. */
  get lasts(): boolean {
    return this.call !== null;
  }

  begin(call: Call): void {
    this.call = call;
    this.showPaused(false);
    this.room.showSteady(true);
    this.room.show("live");
    this.timers.run(true);
    this.tellWaiting();
    void this.resync();
  }

  sendLeave(): void {
    this.call?.send("interview.leave");
  }

  stopTime(): void {
    this.timers.run(false);
  }

  async hangUp(): Promise<void> {
    const { call } = this;
    this.breakOff();
    await call?.hangUp();
  }

  /** Nothing comes after it: what was kept on this device for the way back goes. */
  close(): void {
    localStorage.removeItem(WAITING_KEY);
  }

  /** Shows how far the interview has come, as Django knows it. */
  adopt(progress: Progress): void {
    this.transcript.reset(progress.turns);
    this.adoptQuestion(progress);
  }

  readonly handlers: CallHandlers = {
    // The end of a turn is not the end of an answer that is waited for.
    onActivity: (activity) => this.room.showActivity(this.waiting && activity === "thinking" ? "listening" : activity),
    onHeard: (text, final) => this.transcript.showHeard(text, final),
    onSaying: (text) => this.transcript.showSaying(text),
    onEvent: (event) => this.handle(event),
    onVoice: (track) => this.voice.attach(track),
    onSteady: (steady) => {
      this.room.showSteady(steady);
      this.timers.run(steady);
      if (!steady) return;
      this.tellWaiting();
      void this.resync();
    },
    onEnded: () => {
      this.breakOff();
      this.actions.ended();
    },
  };

  private handle(event: InterviewEvent): void {
    const { texts } = this.config;
    switch (event.type) {
      case "interview.started":
        this.timers.startInterview(event.total_limit, event.elapsed);
        break;
      case "question.started":
        this.question = event.index;
        this.room.showQuestion(event.index, event.count, event.text, event.required);
        this.room.showNotice("");
        this.timers.startQuestion(event.time_limit, event.time_left ?? event.time_limit);
        break;
      case "follow_up.asked":
        this.room.showFollowUp(event.text);
        break;
      case "time.spent":
        this.timers.correct("question", event.question_left);
        this.timers.correct("interview", event.interview_left);
        break;
      case "time.warning": {
        this.timers.correct(event.scope, event.seconds_left);
        const sentence = event.scope === "question" ? texts.warning_question! : texts.warning_interview!;
        const warning = fill(sentence, { seconds: Math.round(event.seconds_left) });
        this.room.showNotice(warning);
        break;
      }
      case "turn.added":
        this.transcript.add(event.role, event.text);
        if (event.role === "candidate") this.composer.confirm();
        break;
      case "answer.accepted":
        this.composer.confirm();
        break;
      case "command.handled":
        if (!event.problem) this.showTeam(event);
        break;
      case "typing.offered":
        this.composer.offer();
        break;
      case "wait.offered":
        this.room.showNotice(texts.wait_offered!);
        break;
      case "interview.troubled":
      case "voice.unavailable":
        this.room.showNotice(event.text);
        break;
      case "interview.paused":
        this.showPaused(event.reason === "candidate");
        this.room.showNotice(this.paused ? texts.pausing! : texts.paused!);
        this.timers.run(false);
        break;
      case "interview.resumed":
        this.showPaused(false);
        this.room.showNotice("");
        this.timers.run(true);
        break;
      case "summary.ready":
        this.summary = { summary: event.text, points: event.points };
        break;
      case "interview.completed":
        if (!["left", "failed"].includes(event.reason)) this.actions.completed();
    }
  }

  /**
   * Messages sent before the data channel opened, or while it wavered, are made up for from Django's state. The relay
   * may be behind the data channel, so nothing the page already shows is taken back.
   */
  private async resync(): Promise<void> {
    const state = await this.api.readState().catch(() => null);
    if (!state || state.session?.id !== this.call?.sessionId) return;
    const { progress } = state;
    if (progress.turns.length > this.transcript.length) this.transcript.reset(progress.turns);
    if (progress.index > this.question) this.adoptQuestion(progress);
    else if (progress.index === this.question) this.adoptFollowUp(progress);
  }

  private adoptQuestion(progress: Progress): void {
    this.question = progress.index;
    this.timers.adopt(progress);
    this.room.showQuestion(progress.index, progress.count, progress.question?.text ?? "", progress.question?.required ?? true);
    this.adoptFollowUp(progress);
  }

  private adoptFollowUp({ follow_up }: Progress): void {
    if (follow_up && byId("follow-up").hidden) this.room.showFollowUp(follow_up);
  }

  /** What the hiring team has done. Its sentences are spoken and stand in the transcript. */
  private showTeam({ name, seconds, question_left, interview_left }: TeamEvent): void {
    const { texts } = this.config;
    if (name === "extend") {
      this.timers.extend(seconds, question_left, interview_left);
      const minutes = Math.round(seconds / 60);
      this.room.showTeamNote(minutes === 1 ? texts.team_minute! : fill(texts.team_minutes!, { minutes }));
    } else if (name !== "say") {
      this.room.showTeamNote(name === "skip" ? texts.team_skipped! : texts.team_ended!);
    }
  }

  /** While the candidate is away nothing from the room is sent. */
  private showPaused(paused: boolean): void {
    this.paused = paused;
    this.room.showPaused(paused);
    if (this.microphone.isOpen) this.call?.mute(paused || this.microphone.isMuted);
  }

  private setWaiting(waiting: boolean): void {
    this.waiting = waiting;
    if (waiting) {
      localStorage.setItem(WAITING_KEY, "");
      this.room.showNotice(""); // which may have offered it
    } else {
      localStorage.removeItem(WAITING_KEY);
    }
    this.room.showWaiting(waiting);
    this.room.announce(waiting ? this.config.texts.waiting! : this.config.texts.not_waiting!);
    this.tellWaiting();
  }

  /** Each bot begins without knowing it, and what is sent while the connection wavers is lost. */
  private tellWaiting(): void {
    this.call?.send(this.waiting ? "interview.wait" : "interview.go_ahead");
  }

  private markDone(): void {
    this.call?.send("interview.done");
    this.room.showActivity("thinking");
  }

  private async type(text: string): Promise<void> {
    if (!this.call) throw new Error("There is no connection");
    await this.call.type(text);
    this.transcript.showTyped(text);
    this.room.showActivity("thinking");
  }

  private async toggleMicrophone(): Promise<void> {
    const { texts } = this.config;
    if (this.microphone.isOpen) {
      const muted = !this.microphone.isMuted;
      this.microphone.setMuted(muted);
      this.call?.mute(muted || this.paused);
      this.room.announce(muted ? texts.muted! : texts.unmuted!);
      return;
    }
    this.microphone.setMuted(false);
    if (await this.microphone.open()) {
      this.mode = "voice";
      this.room.showNotice("");
      await this.call?.switchMicrophone(this.microphone);
    } else {
      this.room.showNotice(texts[`mic_${this.microphone.problem}_help`]!);
    }
  }

  private breakOff(): void {
    this.call = null;
    this.timers.run(false);
    this.composer.restore();
  }
}

import type { Api } from "./api";
import { RequestError } from "./api";
import type { Call, CallHandlers } from "./call";
import { Composer } from "./composer";
import { byId, fill, sleep } from "./dom";
import { Finish } from "./finish";
import type { Microphone } from "./microphone";
import { Room } from "./room";
import { Timers } from "./timers";
import { Transcript } from "./transcript";
import type { CandidateState, InterviewEvent, Mode, PageConfig, Progress, SessionState, Summary } from "./types";
import { Voice } from "./voice";

const GIVE_UP_AFTER = 6;
const LONGEST_PAUSE = 8;
const GOODBYE_WITHIN = 25;
const LEAVING_WITHIN = 4;

const FINISHED = ["processing", "completed"];
const CLOSED = ["declined", "expired", "canceled"];

/**
 * The interview as this page lives it. Django's state decides what is to be done; the bot's events only fill the room
 * in between. Whatever breaks, the way back is the same: press start again, connect to the session that comes.
 */
export class Interview {
  private readonly room: Room;
  private readonly transcript: Transcript;
  private readonly timers: Timers;
  private readonly composer: Composer;
  private readonly voice = new Voice();
  private readonly finish = new Finish();
  private state: CandidateState;
  private mode: Mode = "voice";
  private record = false;
  private call: Call | null = null;
  /** The session this page joined last; others on the same link belong to another window. */
  private sessionId = "";
  private joined = false;
  private connecting = false;
  private recovering = false;
  private leaving = false;
  private failures = 0;
  /** Number of the question on the page; 0 before the first. */
  private question = 0;
  private paused = false;
  private summary: Summary | null = null;
  private completed = false;

  constructor(
    private readonly config: PageConfig,
    private readonly api: Api,
    private readonly microphone: Microphone,
  ) {
    const { texts } = config;
    this.state = config.state;
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
        leave: () => void this.leave(),
        proceed: () => void this.proceed(),
      },
      microphone,
      this.voice,
      texts,
    );
    byId("sound").addEventListener("click", () => this.transcript.announceBot(this.voice.isMuted));
    microphone.addEventListener("lost", () => this.room.showNotice(texts.microphone_lost!));
    this.adoptProgress();
  }

  /** Start or go on; rejects with a sentence when Django refuses. */
  async start(mode: Mode, record: boolean): Promise<void> {
    this.mode = mode;
    this.record = record;
    let state = await this.api.start(mode, record);
    // A bot still at work has lost its page, or sits in another window: this one takes over.
    if (state.session?.status === "live") {
      await this.api.leave();
      state = await this.api.start(mode, record);
    }
    this.joined = true;
    this.leaving = false;
    this.sessionId = state.session?.id ?? "";
    show("room");
    this.room.show("starting");
    byId("question-text").focus();
    void navigator.wakeLock?.request("screen").catch(() => undefined);
    this.receive(state);
  }

  /** Django's state, pushed or fetched. */
  receive(state: CandidateState): void {
    this.state = state;
    if (!this.call && !this.connecting) this.adoptProgress();
    if (FINISHED.includes(state.invitation.status)) {
      if (!this.call) this.showEnd();
      else this.expectGoodbye();
      return;
    }
    if (CLOSED.includes(state.invitation.status)) {
      // Its own page says why, and what to do.
      location.reload();
      return;
    }
    const { session } = state;
    if (this.joined && !this.recovering && !this.leaving && session) this.follow(session);
  }

  private follow(session: SessionState): void {
    if (session.id !== this.sessionId && session.status !== "ended") {
      void this.hangUp();
      this.room.show("elsewhere");
      return;
    }
    switch (session.status) {
      case "queued":
        // The place is known a moment later; until then it is no different from getting ready.
        if (session.queue_position === null) this.room.show("starting");
        else this.room.show("queued", { position: session.queue_position }, "");
        break;
      case "starting":
        this.room.show("starting");
        break;
      case "waiting":
        void this.connect(session);
        break;
      case "live":
        if (!this.call && !this.connecting) void this.recover();
        break;
      case "ended":
        this.followEnd(session);
    }
  }

  private followEnd(session: SessionState): void {
    if (this.call && ["completed", "time_limit", "ended_by_staff"].includes(session.end_reason)) {
      this.expectGoodbye();
      return;
    }
    void this.hangUp();
    if (["connection_lost", "bot_lost"].includes(session.end_reason) && session.can_restart) {
      void this.recover();
    } else if (session.end_reason === "left") {
      this.room.show("left", {}, session.message);
    } else if (session.can_restart) {
      this.room.show("failed", {}, session.message);
    } else {
      this.showEnd();
    }
  }

  private async connect(session: SessionState): Promise<void> {
    if (this.call || this.connecting || !session.connect) return;
    this.connecting = true;
    this.room.showActivity("listening");
    this.room.show(this.failures ? "reconnecting" : "connecting");
    try {
      const { Call } = await import("./call");
      const call = await Call.connect(session, this.microphone, this.config.csrf, this.handlers);
      this.call = call;
      this.failures = 0;
      this.showPaused(false);
      this.room.showSteady(true);
      this.room.show("live");
      this.timers.run(true);
      void this.resync();
    } catch {
      this.failures += 1;
      setTimeout(() => void this.recover());
    } finally {
      this.connecting = false;
    }
  }

  private readonly handlers: CallHandlers = {
    onActivity: (activity) => this.room.showActivity(activity),
    onHeard: (text, final) => this.transcript.showHeard(text, final),
    onSaying: (text) => this.transcript.showSaying(text),
    onEvent: (event) => this.handle(event),
    onVoice: (track) => this.voice.attach(track),
    onSteady: (steady) => {
      this.room.showSteady(steady);
      this.timers.run(steady);
      if (steady) void this.resync();
    },
    onEnded: () => {
      this.call = null;
      this.timers.run(false);
      this.composer.restore();
      if (this.completed) this.showEnd();
      else if (!this.leaving) void this.recover();
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
        this.timers.startQuestion(event.time_limit);
        break;
      case "follow_up.asked":
        this.room.showFollowUp(event.text);
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
      case "typing.offered":
        this.composer.offer();
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
        if (event.reason !== "left") this.expectGoodbye();
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
  }

  private adoptProgress(): void {
    this.transcript.reset(this.state.progress.turns);
    this.adoptQuestion(this.state.progress);
  }

  private adoptQuestion(progress: Progress): void {
    this.question = progress.index;
    this.timers.adopt(progress);
    this.room.showQuestion(progress.index, progress.count, progress.question?.text ?? "", progress.question?.required ?? true);
  }

  /** Goes on after a break: finds out what became of the session, and asks for the next one with growing pauses. */
  private async recover(): Promise<void> {
    if (this.recovering || this.leaving) return;
    this.recovering = true;
    this.room.show("reconnecting");
    let next: CandidateState | null = null;
    while (!next) {
      if (this.failures > GIVE_UP_AFTER) break;
      await sleep(Math.min(LONGEST_PAUSE, 0.5 * 2 ** this.failures));
      try {
        next = await this.takeUp();
      } catch (error) {
        this.failures += 1;
        if (error instanceof RequestError && error.status >= 400 && error.status < 500) {
          this.recovering = false;
          this.room.show("failed", { final: 1 }, error.message);
          return;
        }
      }
    }
    this.recovering = false;
    if (next) this.receive(next);
    else this.room.show("failed", {}, this.config.texts.unreachable);
  }

  private async takeUp(): Promise<CandidateState> {
    const state = await this.api.readState();
    const { session } = state;
    if (FINISHED.includes(state.invitation.status) || !session) return state;
    const ours = session.id === this.sessionId;
    if (!ours) return state;
    if (session.status === "ended" && !["connection_lost", "bot_lost"].includes(session.end_reason)) return state;
    if (session.status === "live") await this.api.leave();
    if (session.status === "live" || session.status === "ended") {
      const fresh = await this.api.start(this.mode, this.record);
      this.sessionId = fresh.session?.id ?? "";
      return fresh;
    }
    return state;
  }

  private async proceed(): Promise<void> {
    this.failures = 0;
    this.room.show("starting");
    try {
      await this.start(this.mode, this.record);
    } catch (error) {
      const refused = error instanceof RequestError && error.status >= 400 && error.status < 500;
      this.room.show("failed", { final: refused ? 1 : 0 }, error instanceof Error ? error.message : "");
    }
  }

  private async leave(): Promise<void> {
    this.leaving = true;
    this.room.show("finishing");
    this.call?.send("interview.leave");
    for (let waited = 0; this.call && waited < LEAVING_WITHIN; waited += 0.25) await sleep(0.25);
    await this.hangUp();
    this.microphone.close();
    const state = await this.api.leave().catch(() => null);
    this.leaving = false;
    if (state) this.receive(state);
    if (!state || state.session?.status !== "ended") this.room.show("left");
  }

  /** While the candidate is away nothing from the room is sent. */
  private showPaused(paused: boolean): void {
    this.paused = paused;
    this.room.showPaused(paused);
    if (this.microphone.isOpen) this.call?.mute(paused || this.microphone.isMuted);
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

  private expectGoodbye(): void {
    if (this.completed) return;
    this.completed = true;
    this.timers.run(false);
    setTimeout(() => {
      if (!this.call) return;
      void this.hangUp();
      this.showEnd();
    }, GOODBYE_WITHIN * 1000);
  }

  private async hangUp(): Promise<void> {
    const { call } = this;
    this.call = null;
    this.timers.run(false);
    this.composer.restore();
    await call?.hangUp();
  }

  private showEnd(): void {
    this.completed = true;
    this.microphone.close();
    this.finish.show(this.state, this.summary);
    if (byId("end").hidden) {
      show("end");
      byId("end-title").focus();
      void this.refreshEnd();
    }
  }

  /** The end's last words come from Django once the relay has delivered everything. */
  private async refreshEnd(): Promise<void> {
    const state = await this.api.readState().catch(() => null);
    if (state) this.receive(state);
  }
}

type View = "lobby" | "room" | "end";

function show(view: View): void {
  for (const id of ["lobby", "room", "end"]) byId(id).hidden = id !== view;
  document.body.dataset.view = view;
  scrollTo(0, 0);
}

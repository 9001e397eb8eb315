import type { Api } from "./api";
import { RequestError } from "./api";
import { Conversation } from "./conversation";
import { byId, sleep } from "./dom";
import { Finish } from "./finish";
import type { Microphone } from "./microphone";
import type { Room } from "./room";
import { FINISHED, type CandidateState, type Mode, type PageConfig, type SessionState } from "./types";

const GIVE_UP_AFTER = 6;
const LONGEST_PAUSE = 8;
const GOODBYE_WITHIN = 25;
const LEAVING_WITHIN = 4;

const CLOSED = ["declined", "expired", "canceled", "failed"];

/**
 * The interview as this page lives it. Django's state decides what is to be done; the conversation only fills the room
 * in between. Whatever breaks, the way back is the same: press start again, connect to the session that comes.
 */
export class Interview {
  private readonly conversation: Conversation;
  private readonly room: Room;
  private readonly finish = new Finish();
  private state: CandidateState;
  private record = false;
  /** The session this page joined last; others on the same link belong to another window. */
  private sessionId = "";
  private joined = false;
  private connecting = false;
  private recovering = false;
  private leaving = false;
  private failures = 0;
  private completed = false;

  constructor(
    private readonly config: PageConfig,
    private readonly api: Api,
    private readonly microphone: Microphone,
  ) {
    this.state = config.state;
    this.conversation = new Conversation(config, api, microphone, {
      leave: () => void this.leave(),
      proceed: () => void this.proceed(),
      completed: () => this.expectGoodbye(),
      ended: () => {
        if (this.completed) this.showEnd();
        else if (!this.leaving) void this.recover();
      },
    });
    this.room = this.conversation.room;
    this.conversation.adopt(config.state.progress);
  }

  /** Start or go on; rejects with a sentence when Django refuses. */
  async start(mode: Mode, record: boolean): Promise<void> {
    this.conversation.mode = mode;
    this.record = record;
    let state = await this.api.start(mode, record);
    // A bot still at work has lost its page, or sits in another window: this one takes over.
    if (state.session?.status === "live") {
      await this.api.takeOver();
      state = await this.api.start(mode, record);
    }
    this.joined = true;
    this.leaving = false;
    this.sessionId = state.session?.id ?? "";
    show("room");
    this.room.show("starting");
    byId("bot-status").focus();
    void navigator.wakeLock?.request("screen").catch(() => undefined);
    this.receive(state);
  }

  /** Django's state, pushed or fetched. */
  receive(state: CandidateState): void {
    this.state = state;
    if (!this.conversation.lasts && !this.connecting) this.conversation.adopt(state.progress);
    if (FINISHED.includes(state.invitation.status)) {
      if (!this.conversation.lasts) this.showEnd();
      else this.expectGoodbye();
      return;
    }
    if (CLOSED.includes(state.invitation.status)) {
      // Its own page says why, and what to do.
      location.reload();
      return;
    }
    const { session } = state;
    if (session) this.room.showReturn(session.retries_left > 0);
    if (this.joined && !this.recovering && !this.leaving && session) this.follow(session);
  }

  private follow(session: SessionState): void {
    if (session.id !== this.sessionId && session.status !== "ended") {
      void this.conversation.hangUp();
      this.room.show("elsewhere");
      return;
    }
    this.room.showRecorded(session.recorded);
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
        if (!this.conversation.lasts && !this.connecting) void this.recover();
        break;
      case "ended":
        this.followEnd(session);
    }
  }

  private followEnd(session: SessionState): void {
    if (this.conversation.lasts && ["completed", "time_limit", "ended_by_staff"].includes(session.end_reason)) {
      this.expectGoodbye();
      return;
    }
    void this.conversation.hangUp();
    if (["connection_lost", "bot_lost"].includes(session.end_reason) && session.can_restart) {
      void this.recover();
    } else if (session.end_reason === "rejoined") {
      this.room.show("elsewhere");
    } else if (session.end_reason === "left") {
      this.room.show("left", {}, session.message);
    } else if (session.can_restart) {
      this.room.show("failed", {}, session.message);
    } else {
      this.showEnd();
    }
  }

  private async connect(session: SessionState): Promise<void> {
    if (this.conversation.lasts || this.connecting || !session.connect) return;
    this.connecting = true;
    this.room.showActivity("listening");
    this.room.show(this.failures ? "reconnecting" : "connecting");
    try {
      const { Call } = await import("./call");
      this.conversation.begin(
        await Call.connect(session, this.microphone, this.config.csrf, this.conversation.handlers),
      );
      this.failures = 0;
    } catch {
      this.failures += 1;
      setTimeout(() => void this.recover());
    } finally {
      this.connecting = false;
    }
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
    if (session.status === "live") await this.api.takeOver();
    if (session.status === "live" || session.status === "ended") {
      const fresh = await this.api.start(this.conversation.mode, this.record);
      this.sessionId = fresh.session?.id ?? "";
      return fresh;
    }
    return state;
  }

  private async proceed(): Promise<void> {
    this.failures = 0;
    this.room.show("starting");
    try {
      await this.start(this.conversation.mode, this.record);
    } catch (error) {
      const refused = error instanceof RequestError && error.status >= 400 && error.status < 500;
      this.room.show("failed", { final: refused ? 1 : 0 }, error instanceof Error ? error.message : "");
    }
  }

  private async leave(): Promise<void> {
    this.leaving = true;
    this.room.show("finishing");
    this.conversation.sendLeave();
    for (let waited = 0; this.conversation.lasts && waited < LEAVING_WITHIN; waited += 0.25) await sleep(0.25);
    await this.conversation.hangUp();
    this.microphone.close();
    const state = await this.api.leave().catch(() => null);
    this.leaving = false;
    if (state) this.receive(state);
    if (state?.session?.status === "ended") return;
    // Unheard by Django, or it has yet to end: what was known before says whether there is a way back.
    const final = (this.state.session?.retries_left ?? 0) > 0 ? 0 : 1;
    this.room.show("left", { final }, final ? this.config.texts.left_for_good : "");
  }

  private expectGoodbye(): void {
    if (this.completed) return;
    this.completed = true;
    this.conversation.stopTime();
    setTimeout(() => {
      if (!this.conversation.lasts) return;
      void this.conversation.hangUp();
      this.showEnd();
    }, GOODBYE_WITHIN * 1000);
  }

  private showEnd(): void {
    this.completed = true;
    this.microphone.close();
    this.conversation.close();
    this.finish.show(this.state, this.conversation.summary);
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

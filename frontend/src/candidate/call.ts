import {
  LogLevel,
  PipecatClient,
  type BotOutputData,
  type Participant,
  type Transport,
  type TranscriptData,
} from "@pipecat-ai/client-js";
import { MicrophoneMedia } from "./media";
import type { Microphone } from "./microphone";
import type { ClientMessage, DailyConnect, InterviewEvent, SessionState, WebRtcConnect } from "./types";

const READY_WITHIN = 25_000;
const CHECK_EVERY = 1_000;

export type Activity = "listening" | "hearing" | "thinking" | "speaking";

/** What the room is told while a call lasts. Nothing is called any more after `onEnded` or `hangUp()`. */
export interface CallHandlers {
  onActivity(activity: Activity): void;
  /** What the candidate is saying now; `final` text is not revised any more. */
  onHeard(text: string, final: boolean): void;
  /** A sentence the bot is about to say. */
  onSaying(text: string): void;
  onEvent(event: InterviewEvent): void;
  onVoice(track: MediaStreamTrack): void;
  /** The connection wavers (false) or has caught itself again (true); the transport tries by itself first. */
  onSteady(steady: boolean): void;
  onEnded(): void;
}

/** The parts of SmallWebRTCTransport that its types keep private; needed to see the connection and change the track. */
interface Connection {
  pc: RTCPeerConnection | null;
  dc: RTCDataChannel | null;
}

async function createTransport(session: SessionState, microphone: Microphone): Promise<Transport> {
  if (session.transport === "daily") {
    const { DailyTransport } = await import("@pipecat-ai/daily-transport");
    return new DailyTransport({ dailyConfig: { avoidEval: true } }) as unknown as Transport;
  }
  const { SmallWebRTCTransport } = await import("@pipecat-ai/small-webrtc-transport");
  return new SmallWebRTCTransport({ mediaManager: new MicrophoneMedia(microphone) as never }) as unknown as Transport;
}

function connectParameters(session: SessionState, csrf: string): unknown {
  if (session.transport === "daily") {
    const { room_url, token } = session.connect as DailyConnect;
    return { url: room_url, token };
  }
  const { offer_url, ice_servers } = session.connect as WebRtcConnect;
  return {
    webrtcRequestParams: {
      endpoint: new URL(offer_url, location.href).href,
      headers: new Headers({ "X-CSRFToken": csrf }),
      timeout: 15_000,
    },
    iceConfig: { iceServers: ice_servers },
  };
}

/** One connection between this page and the bot of one session, over RTVI. */
export class Call {
  private constructor(
    readonly sessionId: string,
    private readonly client: PipecatClient,
    private readonly transport: Transport,
    private readonly handlers: CallHandlers,
  ) {}

  private over = false;
  private steady = true;
  private watch: number | undefined;

  /** Resolves once the bot is ready; rejects when it cannot be reached, and nothing is left behind. */
  static async connect(
    session: SessionState,
    microphone: Microphone,
    csrf: string,
    handlers: CallHandlers,
  ): Promise<Call> {
    const transport = await createTransport(session, microphone);
    let call: Call | undefined;
    const active = (): boolean => call?.over !== true;
    const client = new PipecatClient({
      transport,
      enableMic: microphone.isOpen && !microphone.isMuted,
      enableCam: false,
      callbacks: {
        onUserStartedSpeaking: () => active() && handlers.onActivity("hearing"),
        onUserStoppedSpeaking: () => active() && handlers.onActivity("thinking"),
        onBotStartedSpeaking: () => active() && handlers.onActivity("speaking"),
        onBotStoppedSpeaking: () => active() && handlers.onActivity("listening"),
        onUserTranscript: (heard: TranscriptData) => active() && handlers.onHeard(heard.text, heard.final),
        onBotOutput: (output: BotOutputData) => {
          if (active() && (output.spoken_status ?? "new") === "new") handlers.onSaying(output.text);
        },
        onServerMessage: (event: InterviewEvent) => active() && handlers.onEvent(event),
        onTrackStarted: (track: MediaStreamTrack, participant?: Participant) => {
          if (active() && track.kind === "audio" && !participant?.local) handlers.onVoice(track);
        },
        onDisconnected: () => call?.ended(),
      },
    });
    client.setLogLevel(LogLevel.ERROR);
    call = new Call(session.id, client, transport, handlers);
    try {
      await Promise.race([
        client.connect(connectParameters(session, csrf)),
        new Promise((_, reject) => setTimeout(() => reject(new Error("The bot did not get ready")), READY_WITHIN)),
      ]);
      if (call.over) throw new Error("The connection closed while it was being made");
    } catch (error) {
      await call.hangUp();
      throw error;
    }
    call.watch = window.setInterval(() => call?.checkConnection(), CHECK_EVERY);
    return call;
  }

  get canSend(): boolean {
    if (this.over || !this.steady || this.client.state !== "ready") return false;
    const { dc } = this.transport as unknown as Connection;
    return dc === undefined || dc?.readyState === "open";
  }

  send(type: ClientMessage): void {
    if (this.canSend) this.client.sendClientMessage(type);
  }

  async type(text: string): Promise<void> {
    if (!this.canSend) throw new Error("The connection is not ready");
    await this.client.sendText(text, { run_immediately: true, audio_response: true });
  }

  mute(muted: boolean): void {
    this.client.enableMic(!muted);
  }

  /** Sends another device's sound from now on, without a new connection. */
  async switchMicrophone(microphone: Microphone): Promise<void> {
    const { pc } = this.transport as unknown as Connection;
    if (pc === undefined) {
      this.client.updateMic(microphone.deviceId);
      return;
    }
    await pc?.getTransceivers()[0]?.sender.replaceTrack(this.client.tracks().local.audio ?? null);
    this.client.enableMic(microphone.isOpen && !microphone.isMuted);
  }

  async hangUp(): Promise<void> {
    if (this.over) return;
    this.finish();
    await this.client.disconnect().catch(() => undefined);
  }

  private checkConnection(): void {
    const { pc } = this.transport as unknown as Connection;
    // The transport tries a new connection by itself first; until that stands, nobody hears anybody.
    const steady = pc === undefined || ["connected", "completed"].includes(pc?.iceConnectionState ?? "");
    if (steady === this.steady) return;
    this.steady = steady;
    this.handlers.onSteady(steady);
  }

  private ended(): void {
    if (this.over) return;
    this.finish();
    this.handlers.onEnded();
  }

  private finish(): void {
    this.over = true;
    clearInterval(this.watch);
  }
}

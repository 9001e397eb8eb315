import type { PipecatClientOptions, Tracks } from "@pipecat-ai/client-js";
import type { Microphone } from "./microphone";

/**
 * Gives the SmallWebRTC transport the microphone the lobby opened; the interface is its MediaManager's.
 *
 * The package's own managers do not fit: Daily's loads a script from a CDN, the WAV one opens the microphone even
 * when typing, needs scripts from blob: URLs and keeps sending a dead track after the device was changed.
 */
export class MicrophoneMedia {
  readonly supportsScreenShare = false;
  readonly isCamEnabled = false;
  readonly isSharingScreen = false;
  readonly selectedCam = {};
  readonly selectedSpeaker = {};
  private handedOut: MediaStreamTrack[] = [];

  constructor(private readonly microphone: Microphone) {}

  setClientOptions(_options: PipecatClientOptions): void {}
  async initialize(): Promise<void> {}
  async connect(): Promise<void> {}
  async userStartedSpeaking(): Promise<void> {}
  bufferBotAudio(): undefined {}

  async disconnect(): Promise<void> {
    this.handedOut.forEach((track) => track.stop());
    this.handedOut = [];
  }

  /** A copy each time: the transport stops the track of a connection it replaces, which must not end the microphone. */
  tracks(): Tracks {
    const track = this.microphone.track?.clone();
    if (!track) return { local: {} };
    this.handedOut.push(track);
    return { local: { audio: track } };
  }

  get isMicEnabled(): boolean {
    return this.microphone.isOpen && !this.microphone.isMuted;
  }

  enableMic(enable: boolean): void {
    this.microphone.setMuted(!enable);
    this.handedOut.forEach((track) => (track.enabled = enable));
  }

  get selectedMic(): MediaDeviceInfo | Record<string, never> {
    return {};
  }

  getAllMics(): Promise<MediaDeviceInfo[]> {
    return this.microphone.listDevices();
  }

  async getAllCams(): Promise<MediaDeviceInfo[]> {
    return [];
  }

  async getAllSpeakers(): Promise<MediaDeviceInfo[]> {
    return [];
  }

  async updateMic(deviceId: string): Promise<void> {
    await this.microphone.open(deviceId);
  }

  updateCam(): void {}
  updateSpeaker(): void {}
  enableCam(): void {}
  enableScreenShare(): void {}
}

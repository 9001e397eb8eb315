import { byId } from "./dom";

/** The interviewer's sound. When the browser will not play without a gesture, a button asks for one. */
export class Voice {
  private readonly audio = byId<HTMLAudioElement>("voice");
  private readonly unblock = byId<HTMLButtonElement>("unblock-sound");
  private context: AudioContext | null = null;
  private analyser: AnalyserNode | null = null;
  private samples = new Float32Array(512);

  constructor() {
    this.unblock.addEventListener("click", () => void this.play());
  }

  get isMuted(): boolean {
    return this.audio.muted;
  }

  set isMuted(muted: boolean) {
    this.audio.muted = muted;
  }

  attach(track: MediaStreamTrack): void {
    const stream = new MediaStream([track]);
    this.audio.srcObject = stream;
    this.context ??= new AudioContext();
    this.analyser = this.context.createAnalyser();
    this.analyser.fftSize = 512;
    this.context.createMediaStreamSource(stream).connect(this.analyser);
    void this.play();
  }

  level(): number {
    if (!this.analyser) return 0;
    this.analyser.getFloatTimeDomainData(this.samples);
    const power = this.samples.reduce((sum, sample) => sum + sample * sample, 0) / this.samples.length;
    return Math.min(1, Math.sqrt(power) * 5);
  }

  private async play(): Promise<void> {
    try {
      await this.audio.play();
      await this.context?.resume();
      this.unblock.hidden = true;
    } catch (error) {
      // A newer track interrupting this one is no refusal.
      if (!(error instanceof DOMException && error.name === "AbortError")) this.unblock.hidden = false;
    }
  }
}

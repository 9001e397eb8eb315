export type MicrophoneProblem = "denied" | "missing" | "busy" | "unsupported";

function classify(error: unknown): MicrophoneProblem {
  switch (error instanceof DOMException ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    default:
      return "busy";
  }
}

/**
 * The candidate's microphone: opened once in the lobby and used on in the room.
 *
 * Events: `change` when it opens, closes, switches or is muted; `lost` when the device goes away by itself.
 */
export class Microphone extends EventTarget {
  stream: MediaStream | null = null;
  problem: MicrophoneProblem | null = null;
  private enabled = true;
  private audio: AudioContext | null = null;
  private source: MediaStreamAudioSourceNode | null = null;
  private analyser: AnalyserNode | null = null;
  private samples = new Float32Array(1024);

  constructor() {
    super();
    navigator.mediaDevices?.addEventListener("devicechange", () => this.changed());
  }

  get isOpen(): boolean {
    return this.track?.readyState === "live";
  }

  get isMuted(): boolean {
    return !this.enabled;
  }

  get track(): MediaStreamTrack | undefined {
    return this.stream?.getAudioTracks()[0];
  }

  get deviceId(): string {
    return this.track?.getSettings().deviceId ?? "";
  }

  /** Asks for permission and opens the device; false when that failed, with the reason in `problem`. */
  async open(deviceId?: string): Promise<boolean> {
    if (!navigator.mediaDevices?.getUserMedia) {
      this.problem = "unsupported";
      this.changed();
      return false;
    }
    try {
      const stream = await navigator.mediaDevices.getUserMedia({
        audio: {
          deviceId: deviceId ? { exact: deviceId } : undefined,
          echoCancellation: true,
          noiseSuppression: true,
          autoGainControl: true,
        },
      });
      this.release();
      this.stream = stream;
      this.problem = null;
      this.setMuted(!this.enabled);
      this.track?.addEventListener("ended", () => {
        if (this.stream !== stream) return;
        this.release();
        this.dispatchEvent(new Event("lost"));
        this.changed();
      });
      this.measure(stream);
    } catch (error) {
      this.problem = classify(error);
    }
    this.changed();
    return this.problem === null;
  }

  close(): void {
    this.release();
    this.changed();
  }

  setMuted(muted: boolean): void {
    this.enabled = !muted;
    this.stream?.getAudioTracks().forEach((track) => (track.enabled = this.enabled));
    this.changed();
  }

  async listDevices(): Promise<MediaDeviceInfo[]> {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter((device) => device.kind === "audioinput");
  }

  /** Loudness now, 0 to 1, on a scale where speech fills most of the range. */
  level(): number {
    if (!this.analyser || !this.enabled) return 0;
    this.analyser.getFloatTimeDomainData(this.samples);
    const power = this.samples.reduce((sum, sample) => sum + sample * sample, 0) / this.samples.length;
    const decibels = 10 * Math.log10(power + 1e-10);
    return Math.min(1, Math.max(0, (decibels + 60) / 45));
  }

  /** Records `seconds` of sound for the candidate to hear; it never leaves the page. */
  async recordSample(seconds: number): Promise<Blob> {
    if (!this.stream) throw new Error("The microphone is not open");
    const recorder = new MediaRecorder(this.stream);
    const parts: Blob[] = [];
    recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
    const stopped = new Promise<void>((resolve) => recorder.addEventListener("stop", () => resolve()));
    recorder.start();
    setTimeout(() => recorder.state === "recording" && recorder.stop(), seconds * 1000);
    await stopped;
    return new Blob(parts, { type: recorder.mimeType });
  }

  private measure(stream: MediaStream): void {
    this.audio ??= new AudioContext();
    void this.audio.resume();
    this.source = this.audio.createMediaStreamSource(stream);
    this.analyser = this.audio.createAnalyser();
    this.analyser.fftSize = 1024;
    this.source.connect(this.analyser);
  }

  private release(): void {
    this.source?.disconnect();
    this.source = this.analyser = null;
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
  }

  private changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}

import { byId, sleep } from "./dom";
import type { Microphone } from "./microphone";
import type { Mode } from "./types";

const SAMPLE_SECONDS = 3;

/** Consent, device check and the choice between speaking and typing. */
export class Lobby {
  private readonly startButton = byId<HTMLButtonElement>("start");
  private readonly reason = byId("start-reason");
  private readonly consent = byId<HTMLInputElement>("consent");
  private readonly devices = byId<HTMLSelectElement>("mic-device");
  private readonly sampleButton = byId<HTMLButtonElement>("mic-sample");
  private readonly sample = byId<HTMLAudioElement>("mic-playback");
  private busy = false;

  constructor(
    private readonly microphone: Microphone,
    private readonly texts: Record<string, string>,
    start: (mode: Mode, record: boolean) => Promise<void>,
  ) {
    this.startButton.addEventListener("click", () => void this.press(start));
    this.consent.addEventListener("change", () => this.refresh());
    document.querySelectorAll("input[name=mode]").forEach((input) =>
      input.addEventListener("change", () => {
        if (this.mode === "text") this.microphone.close();
        this.refresh();
      }),
    );
    for (const id of ["mic-open", "mic-again"]) byId(id).addEventListener("click", () => void microphone.open());
    document.getElementById("mic-type")?.addEventListener("click", () => {
      document.querySelector<HTMLInputElement>("input[name=mode][value=text]")?.click();
      this.consent.focus();
    });
    this.devices.addEventListener("change", () => void microphone.open(this.devices.value));
    this.sampleButton.addEventListener("click", () => void this.takeSample());
    microphone.addEventListener("change", () => void this.showMicrophone());
    requestAnimationFrame(() => this.animate());
    this.refresh();
  }

  get mode(): Mode {
    const chosen = document.querySelector<HTMLInputElement>("input[name=mode]:checked");
    return chosen?.value === "text" ? "text" : "voice";
  }

  /** Whether the candidate agrees to being recorded; never where the interview is not. */
  private get record(): boolean {
    return document.querySelector<HTMLInputElement>("#record")?.checked ?? false;
  }

  showError(message: string): void {
    const error = byId("start-error");
    error.textContent = message;
    error.hidden = !message;
  }

  private get missing(): { reason: string; field: HTMLElement } | null {
    if (this.mode === "voice" && !this.microphone.isOpen) {
      const field = this.microphone.problem ? byId("mic-again") : byId("mic-open");
      return { reason: this.texts.needs_microphone!, field };
    }
    if (!this.consent.checked) return { reason: this.texts.needs_consent!, field: this.consent };
    return null;
  }

  private async press(start: (mode: Mode, record: boolean) => Promise<void>): Promise<void> {
    if (this.busy) return;
    const missing = this.missing;
    if (missing) {
      missing.field.focus();
      return;
    }
    this.busy = true;
    this.showError("");
    this.refresh();
    try {
      await start(this.mode, this.record);
    } catch (error) {
      this.showError(error instanceof Error ? error.message : this.texts.went_wrong!);
    } finally {
      this.busy = false;
      this.refresh();
    }
  }

  private refresh(): void {
    const missing = this.missing;
    // Not `disabled`: it stays reachable by keyboard, and pressing it leads to what is missing.
    this.startButton.setAttribute("aria-disabled", String(Boolean(missing) || this.busy));
    this.reason.textContent = missing?.reason ?? this.texts.ready!;
    this.reason.classList.toggle("start__reason--ready", !missing);
    byId("mic-check").hidden = this.mode === "text";
    byId("typing-hint").hidden = this.mode !== "text";
  }

  private async showMicrophone(): Promise<void> {
    const { isOpen, problem } = this.microphone;
    byId("mic-ask").hidden = isOpen || problem !== null;
    byId("mic-live").hidden = !isOpen;
    byId("mic-problem").hidden = isOpen || problem === null;
    byId("mic-problem-title").textContent = (problem && this.texts[`mic_${problem}_title`]) ?? "";
    byId("mic-problem-help").textContent = (problem && this.texts[`mic_${problem}_help`]) ?? "";
    this.refresh();
    if (!isOpen) return;
    const devices = await this.microphone.listDevices();
    this.devices.replaceChildren(...devices.map((device, at) => new Option(device.label || `${at + 1}`, device.deviceId)));
    this.devices.value = this.microphone.deviceId;
    this.sampleButton.hidden = typeof MediaRecorder === "undefined";
  }

  private async takeSample(): Promise<void> {
    if (this.sampleButton.getAttribute("aria-disabled") === "true") return;
    this.sampleButton.setAttribute("aria-disabled", "true");
    const label = byId("mic-sample-label");
    try {
      const recording = this.microphone.recordSample(SAMPLE_SECONDS);
      for (let left = SAMPLE_SECONDS; left > 0; left--) {
        label.textContent = this.texts.recording!.replace("{seconds}", String(left));
        await sleep(1);
      }
      URL.revokeObjectURL(this.sample.src);
      this.sample.src = URL.createObjectURL(await recording);
      label.textContent = this.texts.playing!;
      await this.sample.play();
      await new Promise((resolve) => this.sample.addEventListener("ended", resolve, { once: true }));
      byId("mic-heard").hidden = false;
    } finally {
      label.textContent = this.texts.record_again!;
      this.sampleButton.setAttribute("aria-disabled", "false");
    }
  }

  private animate(): void {
    if (!byId("lobby").hidden) {
      const level = this.microphone.level();
      byId("mic-meter").style.setProperty("--level", level.toFixed(2));
      byId("mic-meter").setAttribute("aria-valuenow", String(Math.round(level * 100)));
      requestAnimationFrame(() => this.animate());
    }
  }
}

import { byId } from "./dom";

const TALLEST = 180;

/**
 * The box for typed answers. Its text survives a reload, and is put back when the connection goes before the bot
 * has taken the answer in.
 */
export class Composer {
  private readonly form = byId<HTMLFormElement>("composer");
  private readonly box = byId<HTMLTextAreaElement>("composer-text");
  private readonly note = byId("composer-note");
  private readonly key = `draft:${location.pathname}`;
  private sent = "";

  /** `send` rejects when the text could not be sent. */
  constructor(
    private readonly send: (text: string) => Promise<void>,
    private readonly texts: Record<string, string>,
  ) {
    this.box.value = sessionStorage.getItem(this.key) ?? "";
    this.box.addEventListener("input", () => this.changed());
    this.box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        void this.submit();
      }
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.submit();
    });
    this.changed();
  }

  focus(): void {
    this.box.focus();
  }

  /** The bot has what was sent last; it need not be kept any longer. */
  confirm(): void {
    this.sent = "";
    this.keep();
  }

  /** Puts back what was sent last, if the bot never confirmed it. */
  restore(): void {
    if (!this.sent) return;
    this.box.value = [this.sent, this.box.value].filter(Boolean).join("\n");
    this.sent = "";
    this.changed();
    this.note.textContent = this.texts.text_kept!;
  }

  private async submit(): Promise<void> {
    const text = this.box.value.trim();
    if (!text) return;
    try {
      await this.send(text);
    } catch {
      this.note.textContent = this.texts.text_kept!;
      return;
    }
    this.sent = text;
    this.box.value = "";
    this.note.textContent = "";
    this.changed();
  }

  private changed(): void {
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight + 2, TALLEST)}px`;
    this.keep();
  }

  private keep(): void {
    sessionStorage.setItem(this.key, [this.sent, this.box.value].filter(Boolean).join("\n"));
  }
}

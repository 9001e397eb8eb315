import { byId } from "./dom";

const TALLEST = 180;
const TELL_TYPING_EVERY = 3000;
const STILL_TYPING_EVERY = 10_000;

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
  private toldAt = 0;

  /** `send` rejects when the text could not be sent; `typing` is called now and then while there is text. */
  constructor(
    private readonly send: (text: string) => Promise<void>,
    private readonly typing: () => void,
    private readonly texts: Record<string, string>,
  ) {
    this.box.value = sessionStorage.getItem(this.key) ?? "";
    this.box.addEventListener("input", () => {
      this.changed();
      this.tellTyping(TELL_TYPING_EVERY);
    });
    setInterval(() => {
      if (document.activeElement === this.box) this.tellTyping(STILL_TYPING_EVERY);
    }, STILL_TYPING_EVERY);
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

  /** Shows that an answer can be typed, without taking the focus from anything in use. */
  offer(): void {
    this.note.textContent = this.texts.type_instead!;
    const { activeElement } = document;
    if (!activeElement || activeElement === document.body || activeElement.id === "bot-status") this.focus();
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

  private tellTyping(every: number): void {
    if (!this.box.value.trim() || Date.now() - this.toldAt < every) return;
    this.toldAt = Date.now();
    this.typing();
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

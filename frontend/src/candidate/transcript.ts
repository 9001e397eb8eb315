import { byId } from "./dom";
import type { Speaker, Turn } from "./types";

const NEAR_THE_END = 120;

/**
 * The growing transcript: finished turns in a log, and below it what is being said right now.
 *
 * Only finished turns are announced, and the interviewer's only while its voice is off, or it would be heard twice.
 */
export class Transcript {
  private readonly log = byId<HTMLOListElement>("transcript");
  private readonly scroller = byId("transcript-scroller");
  private readonly empty = byId("transcript-empty");
  private readonly drafts: Record<Speaker, HTMLElement> = {
    bot: byId("draft-bot"),
    candidate: byId("draft-candidate"),
  };
  private heard = "";
  private recent: string[] = [];
  /** Until somebody scrolls up to read again what was said before. */
  private following = true;

  constructor(private readonly names: Record<Speaker, string>) {
    this.scroller.addEventListener("scroll", () => {
      const { scrollHeight, scrollTop, clientHeight } = this.scroller;
      this.following = scrollHeight - scrollTop - clientHeight < NEAR_THE_END;
    });
    // A phone's keyboard takes half of the page, and what was said last stays in sight.
    new ResizeObserver(() => this.scroll()).observe(this.scroller);
  }

  /** How many finished turns are shown. */
  get length(): number {
    return this.log.childElementCount;
  }

  reset(turns: Turn[]): void {
    this.log.replaceChildren();
    this.recent = [];
    this.clear("bot");
    this.clear("candidate");
    turns.forEach((turn) => this.append(turn.role, turn.text));
    this.following = true;
    this.scroll();
  }

  /** Adds a finished turn. After a reconnect one may come from the server and once more from the bot. */
  add(role: Speaker, text: string): void {
    this.clear(role);
    if (this.recent.slice(-4).includes(role + text)) return;
    this.append(role, text);
    this.scroll();
  }

  showSaying(text: string): void {
    const draft = this.drafts.bot;
    this.setDraft("bot", [draft.lastElementChild?.textContent, text].filter(Boolean).join(" "));
  }

  showHeard(text: string, final: boolean): void {
    const whole = [this.heard, text].filter(Boolean).join(" ");
    if (final) this.heard = whole;
    this.setDraft("candidate", whole);
  }

  showTyped(text: string): void {
    this.heard = "";
    this.setDraft("candidate", text);
  }

  announceBot(announce: boolean): void {
    byId("transcript-log").setAttribute("aria-live", announce ? "polite" : "off");
  }

  clear(role: Speaker): void {
    if (role === "candidate") this.heard = "";
    this.drafts[role].hidden = true;
    this.drafts[role].replaceChildren();
  }

  private setDraft(role: Speaker, text: string): void {
    const draft = this.drafts[role];
    if (draft.hidden) draft.replaceChildren(...this.render(role, ""));
    draft.lastElementChild!.textContent = text;
    draft.hidden = false;
    this.empty.hidden = true;
    this.scroll();
  }

  private append(role: Speaker, text: string): void {
    const item = document.createElement("li");
    item.className = `turn turn--${role}`;
    item.append(...this.render(role, text));
    this.log.append(item);
    this.recent.push(role + text);
    this.empty.hidden = true;
  }

  private render(role: Speaker, text: string): HTMLElement[] {
    const who = document.createElement("span");
    who.className = "turn__who";
    who.textContent = this.names[role];
    const words = document.createElement("p");
    words.className = "turn__text";
    words.textContent = text;
    return [who, words];
  }

  private scroll(): void {
    if (this.following) this.scroller.scrollTop = this.scroller.scrollHeight;
  }
}

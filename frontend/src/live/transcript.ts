import type { State, Turn } from "./state";

const NEAR_THE_END = 80;

/** What the page writes around the words, and the language of these. */
interface Words {
  language: string;
  bot: string;
  candidate: string;
  typed: string;
  interrupted: string;
}

/** Finished turns in a log that is read out politely; below it, set apart, what is being said right now. */
export class TranscriptView {
  private shown: Turn[] = [];

  constructor(
    private readonly log: HTMLElement,
    private readonly drafts: HTMLElement,
    private readonly scroller: HTMLElement,
    private readonly words: Words,
  ) {}

  show({ record, moment }: State): void {
    const atEnd = this.isAtEnd();
    const added = this.newTurns(record.turns);
    this.log.append(...added.map((turn) => this.render(turn)));
    this.shown = record.turns;
    const saying = moment.saying.map((segment) => segment.text).join(" ");
    const hearing = [record.heard, moment.interim].filter(Boolean).join(" ");
    this.drafts.replaceChildren(
      ...(saying ? [this.draft("bot", saying)] : []),
      ...(hearing ? [this.draft("candidate", hearing)] : []),
    );
    if (atEnd) this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  private newTurns(turns: Turn[]): Turn[] {
    if (this.shown.every((turn, index) => turns[index]?.seq === turn.seq)) return turns.slice(this.shown.length);
    this.log.replaceChildren();
    return turns;
  }

  private isAtEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_THE_END;
  }

  private render(turn: Turn): HTMLElement {
    const notes = [
      new Date(turn.startedAt).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false }),
      ...(turn.modality === "voice" ? [] : [this.words.typed]),
      ...(turn.interrupted ? [this.words.interrupted] : []),
    ];
    return this.bubble("li", turn.role, notes.join(" · "), turn.text);
  }

  private draft(role: Turn["role"], text: string): HTMLElement {
    const draft = this.bubble("div", role, "", text);
    draft.classList.add("vv-turn--draft");
    return draft;
  }

  private bubble(tag: string, role: Turn["role"], note: string, text: string): HTMLElement {
    const item = document.createElement(tag);
    item.className = `vv-turn vv-turn--${role}`;
    const head = document.createElement("div");
    head.className = "vv-turn__head";
    const who = document.createElement("span");
    who.className = "vv-turn__who";
    who.textContent = this.words[role];
    head.append(who, note);
    const words = document.createElement("p");
    words.className = "vv-turn__text";
    words.lang = this.words.language;
    words.textContent = text;
    item.append(head, words);
    return item;
  }
}

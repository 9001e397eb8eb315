/** What those who may steer tell the interviewer, and, for everybody who watches, what became of it. */
import { fill } from "../sentences";
import { element } from "./dom";
import type { State } from "./state";
import type { Command } from "./types";

type Texts = Record<string, string>;

export class Controls {
  private readonly form: HTMLElement | null;
  private state: State | undefined;
  private sending = false;
  private shown = "";

  /** `taken` gets each command that the server took. */
  constructor(
    private readonly root: HTMLElement,
    private readonly texts: Texts,
    private readonly taken: (command: Command) => void,
  ) {
    this.form = root.querySelector("[data-part=controls]");
    this.on("say", "submit", () => this.say());
    this.on("extend", "submit", () => this.send("extend", { minutes: Number(this.field("minutes").value) }));
    this.on("skip", "click", () => this.send("skip", { question_id: this.state?.record.question?.id }));
    this.on("end", "click", async () => {
      if (await this.send("end", {})) this.form!.querySelector("details")!.open = false;
    });
  }

  show(state: State): void {
    this.state = state;
    this.enable();
    const { commands } = state;
    this.root.querySelector<HTMLElement>("[data-part=no-commands]")!.hidden = commands.length > 0;
    const told = JSON.stringify(commands);
    if (told === this.shown) return;
    this.shown = told;
    this.list.replaceChildren(...commands.map((command) => this.line(command)).reverse());
  }

  private get list(): HTMLElement {
    return this.root.querySelector<HTMLElement>("[data-part=commands]")!;
  }

  private enable(): void {
    const { session, record, commands } = this.state!;
    const running = session.status === "live" && !record.completed;
    const waits = (name: Command["name"]) => commands.some((one) => one.name === name && one.status === "pending");
    const usable = {
      say: running,
      extend: running,
      skip: running && record.question !== null && !waits("skip"),
      end: running && !waits("end"),
    };
    for (const [name, on] of Object.entries(usable)) {
      const part = this.form?.querySelector(`[data-command=${name}]`);
      const buttons = part?.matches("button") ? [part] : [...(part?.querySelectorAll("button") ?? [])];
      buttons.forEach((button) => button.toggleAttribute("disabled", !on || this.sending));
    }
  }

  private on(name: Command["name"], event: "submit" | "click", act: () => unknown): void {
    this.form?.querySelector(`[data-command=${name}]`)!.addEventListener(event, (happened) => {
      happened.preventDefault();
      if (!this.sending) void act();
    });
  }

  private field(name: string): HTMLInputElement | HTMLSelectElement {
    return this.form!.querySelector<HTMLInputElement | HTMLSelectElement>(`[name=${name}]`)!;
  }

  private async say(): Promise<void> {
    const words = this.field("text");
    if (await this.send("say", { text: words.value })) words.value = "";
    words.focus();
  }

  /** Whether the server took it; what it says against it is shown, and nothing typed is lost. */
  private async send(name: Command["name"], args: Record<string, unknown>): Promise<boolean> {
    const problem = this.form!.querySelector<HTMLElement>("[data-part=command-problem]")!;
    this.sending = true;
    this.enable();
    problem.hidden = true;
    try {
      const response = await fetch(this.form!.dataset.url!, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": this.field("csrfmiddlewaretoken").value },
        body: JSON.stringify({ name, args }),
        redirect: "manual",
      });
      const answer = (await response.json()) as { command?: Command; error?: string };
      if (!answer.command) throw new Error(answer.error);
      this.taken(answer.command);
      return true;
    } catch (error) {
      // Only the server's own sentences are errors without a type of their own.
      const said = error instanceof Error && error.constructor === Error ? error.message : "";
      problem.textContent = said || this.texts.command_unsent!;
      problem.hidden = false;
      return false;
    } finally {
      this.sending = false;
      this.enable();
    }
  }

  private line(command: Command): HTMLElement {
    const { texts } = this;
    const line = element("li", "vv-command", "");
    const { text = "", seconds = 0 } = command.args;
    const what = fill(texts[`command_${command.name}`]!, { text, minutes: Math.round(seconds / 60) });
    const status = command.name === "say" && command.status === "done" ? "said" : command.status;
    const badge = element("span", "vv-badge", texts[`command_${status}`]!);
    badge.dataset.status = command.status;
    const at = new Date(command.given_at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hour12: false });
    const problem = command.problem ? texts[`problem_${command.problem}`] : "";
    const why = problem || (command.name === "say" && command.status === "pending" ? texts.command_waits! : "");
    line.append(element("span", "vv-command__what", what), badge);
    line.append(element("span", "vv-quiet vv-command__who", [`${at} ${command.given_by}`, why].filter(Boolean).join(" · ")));
    return line;
  }
}

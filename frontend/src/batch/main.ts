/** A list of invitations as it is worked off: its figures follow by themselves, and the page is shown anew at the end. */

const EVERY = 2000;

interface Progress {
  done: number;
  total: number;
  running: boolean;
  text: string;
}

async function follow(card: HTMLElement): Promise<void> {
  const bar = card.querySelector("progress")!;
  const text = card.querySelector<HTMLElement>("[data-part=text]")!;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, EVERY));
    try {
      const answer = await fetch(card.dataset.progressUrl!, { headers: { Accept: "application/json" } });
      if (!answer.ok) continue;
      const progress = (await answer.json()) as Progress;
      bar.max = progress.total;
      bar.value = progress.done;
      text.textContent = progress.text;
      if (!progress.running) return location.reload();
    } catch {
      // Offline for a moment; the next turn tries again.
    }
  }
}

const card = document.querySelector<HTMLElement>("[data-progress-url]");
if (card) void follow(card);

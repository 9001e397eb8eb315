/** The transcript beside its recording: a turn or a quote plays from where it was said, and the one being heard is marked. */

interface Turn {
  item: HTMLElement;
  start: number;
  end: number;
}

function watch(audio: HTMLAudioElement): void {
  const items = document.querySelectorAll<HTMLElement>(`.vv-turn[data-recording="${audio.dataset.recording}"]`);
  const turns: Turn[] = [...items].map((item) => ({
    item,
    start: Number(item.dataset.start),
    end: Number(item.dataset.end),
  }));
  for (const { item, start } of turns) {
    item.querySelector("button")?.addEventListener("click", () => {
      audio.currentTime = start;
      void audio.play();
    });
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>(`[data-play="${audio.dataset.recording}"]`)) {
    button.addEventListener("click", () => {
      audio.currentTime = Number(button.dataset.start);
      void audio.play();
    });
  }
  const mark = () => {
    // Both may speak at once; the one who began last is the one to follow.
    const heard = turns.filter(({ start, end }) => start <= audio.currentTime && audio.currentTime < end).at(-1);
    for (const turn of turns) {
      if (turn !== heard) turn.item.removeAttribute("aria-current");
      else if (!turn.item.hasAttribute("aria-current")) {
        turn.item.setAttribute("aria-current", "true");
        if (!audio.paused) turn.item.scrollIntoView({ block: "nearest" });
      }
    }
  };
  for (const event of ["timeupdate", "seeked"]) audio.addEventListener(event, mark);
}

const recordings = [...document.querySelectorAll<HTMLAudioElement>("audio[data-recording]")];
recordings.forEach(watch);
// One at a time.
for (const audio of recordings) {
  audio.addEventListener("play", () => recordings.filter((other) => other !== audio).forEach((other) => other.pause()));
}

/* The brand's page: the preview follows what is typed, before it is saved. */

export {};

const PAUSE = 400;

const card = document.getElementById("brand-preview");
const form = document.getElementById("brand_form") as HTMLFormElement | null;

if (card && form) follow(card, form);

function follow(card: HTMLElement, form: HTMLFormElement): void {
  const frame = card.querySelector("iframe")!;
  const language = card.querySelector<HTMLSelectElement>("select[name=preview-language]")!;
  const status = card.querySelector<HTMLElement>("[role=status]")!;
  let timer = 0;
  let asked = 0;

  const chosen = (name: string): HTMLInputElement => card.querySelector<HTMLInputElement>(`input[name=${name}]:checked`)!;

  async function show(): Promise<void> {
    const turn = ++asked;
    const page = `${chosen("preview-kind").dataset.url}?language=${language.value}`;
    try {
      const answer = await fetch(page, { method: "POST", body: new FormData(form) });
      if (turn !== asked) return;
      if (!answer.ok) throw new Error(String(answer.status));
      frame.srcdoc = await answer.text();
      status.textContent = "";
    } catch {
      if (turn === asked) status.textContent = card.dataset.failed!;
    }
  }

  const soon = (): void => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void show(), PAUSE);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  card.addEventListener("change", () => {
    frame.classList.toggle("vv-preview__frame--phone", chosen("preview-width").value === "phone");
    void show();
  });
}

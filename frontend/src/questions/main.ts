/**
 * The questions of an interview: picked from the banks and put in order, by dragging or with buttons.
 *
 * Each is a row of Django's formset. A removed row stays in the form with DELETE set, so that numbering has no holes.
 */

import { fill } from "../sentences";

const group = document.querySelector<HTMLElement>("[data-picker]");
if (group) start(group);

function start(group: HTMLElement): void {
  const prefix = group.dataset.picker!;
  const list = group.querySelector<HTMLOListElement>("[data-part=asked]")!;
  const template = group.querySelector<HTMLTemplateElement>("template[data-part=row]")!;
  const empty = group.querySelector<HTMLElement>("[data-part=empty]")!;
  const news = group.querySelector<HTMLElement>("[data-part=news]")!;
  const total = group.querySelector<HTMLInputElement>(`input[name="${prefix}-TOTAL_FORMS"]`)!;
  const words = JSON.parse(document.getElementById("picker-words")!.textContent!) as Record<string, string>;
  const offers = [...group.querySelectorAll<HTMLElement>("[data-offer]")];
  let dragged: HTMLElement | null = null;

  const rows = (): HTMLElement[] => [...list.querySelectorAll<HTMLElement>(".vv-asked__row")];
  const asked = (): HTMLElement[] => rows().filter((row) => !row.hidden);
  const field = (row: HTMLElement, name: string): HTMLInputElement =>
    row.querySelector<HTMLInputElement>(`input[name$="-${name}"]`)!;
  const textOf = (item: HTMLElement): string => item.querySelector("[data-part=text]")!.textContent!.trim();
  const offerOf = (question: string): HTMLElement | undefined => offers.find((offer) => offer.dataset.offer === question);

  function renew(): void {
    const shown = asked();
    shown.forEach((row, index) => {
      // From 1: a new row at 0 would look like one that nobody placed.
      field(row, "position").value = String(index + 1);
      row.querySelector<HTMLButtonElement>("[data-step=up]")!.disabled = index === 0;
      row.querySelector<HTMLButtonElement>("[data-step=down]")!.disabled = index === shown.length - 1;
    });
    empty.hidden = shown.length > 0;
    const taken = new Set(shown.map((row) => row.dataset.question));
    for (const offer of offers) {
      const isTaken = taken.has(offer.dataset.offer);
      offer.classList.toggle("vv-taken", isTaken);
      offer.draggable = !isTaken;
      offer.querySelector<HTMLButtonElement>("[data-add]")!.disabled = isTaken;
      offer.querySelector("[data-part=add]")!.textContent = isTaken ? words.asked! : words.add!;
    }
    for (const bank of group.querySelectorAll<HTMLElement>("[data-bank]")) {
      const all = bank.querySelector<HTMLButtonElement>("[data-add-bank]");
      if (all) all.disabled = openOffers(bank).length === 0;
    }
  }

  function tell(sentence: string, row: HTMLElement): void {
    news.textContent = fill(words[sentence]!, { number: asked().indexOf(row) + 1, text: textOf(row) });
  }

  /** Ask the offered question, before another row where one is given. */
  function add(offer: HTMLElement, before: Element | null = null): HTMLElement {
    const question = offer.dataset.offer!;
    let row = rows().find((one) => one.dataset.question === question);
    if (row) {
      field(row, "DELETE").checked = false;
      row.hidden = false;
    } else {
      const number = Number(total.value);
      total.value = String(number + 1);
      const holder = document.createElement("template");
      holder.innerHTML = template.innerHTML.replaceAll("__prefix__", String(number));
      row = holder.content.querySelector<HTMLElement>(".vv-asked__row")!;
      row.dataset.question = question;
      field(row, "question").value = question;
      row.querySelector("[data-part=text]")!.textContent = textOf(offer);
    }
    list.insertBefore(row, before);
    renew();
    return row;
  }

  function remove(row: HTMLElement): void {
    const next = asked()[asked().indexOf(row) + 1] ?? asked()[asked().indexOf(row) - 1];
    tell("removed", row);
    field(row, "DELETE").checked = true;
    row.hidden = true;
    list.append(row);
    renew();
    (next?.querySelector<HTMLElement>("[data-step=remove]") ?? group.querySelector<HTMLElement>("[data-filter=text]"))?.focus();
  }

  function move(row: HTMLElement, step: -1 | 1): void {
    const shown = asked();
    const index = shown.indexOf(row);
    const other = shown[index + step];
    if (!other) return;
    list.insertBefore(step < 0 ? row : other, step < 0 ? other : row);
    renew();
    tell("moved", row);
    const button = row.querySelector<HTMLButtonElement>(step < 0 ? "[data-step=up]" : "[data-step=down]")!;
    (button.disabled ? row.querySelector<HTMLButtonElement>(step < 0 ? "[data-step=down]" : "[data-step=up]")! : button).focus();
  }

  // --- Buttons ---------------------------------------------------------------------------------------

  function openOffers(bank: Element): HTMLElement[] {
    const taken = new Set(asked().map((row) => row.dataset.question));
    return [...bank.querySelectorAll<HTMLElement>("[data-offer]")].filter(
      (offer) => !offer.hidden && !taken.has(offer.dataset.offer),
    );
  }

  group.addEventListener("click", (event) => {
    const button = (event.target as Element).closest("button");
    if (!button) return;
    const row = button.closest<HTMLElement>(".vv-asked__row");
    const offer = button.closest<HTMLElement>("[data-offer]");
    if (row && button.dataset.step === "remove") remove(row);
    else if (row && button.dataset.step) move(row, button.dataset.step === "up" ? -1 : 1);
    else if (offer) {
      tell("added", add(offer));
      openOffers(offer.parentElement!)[0]?.querySelector<HTMLElement>("[data-add]")?.focus();
    } else if ("addBank" in button.dataset) {
      const bank = button.closest<HTMLElement>("[data-bank]")!;
      const added = openOffers(bank);
      for (const one of added) add(one);
      news.textContent = fill(words.added_bank!, { bank: bank.dataset.bank!, count: added.length });
      bank.querySelector("summary")!.focus();
    }
  });

  // --- Dragging --------------------------------------------------------------------------------------

  /** The row before which something dropped at this height belongs; null for the end. */
  const rowBelow = (y: number): HTMLElement | null =>
    asked().find((row) => {
      const box = row.getBoundingClientRect();
      return row !== dragged && y < box.top + box.height / 2;
    }) ?? null;

  const unmark = (): void => list.querySelectorAll(".vv-drop").forEach((row) => row.classList.remove("vv-drop"));

  group.addEventListener("dragstart", (event) => {
    dragged = (event.target as Element).closest<HTMLElement>("[data-offer], .vv-asked__row");
    event.dataTransfer?.setData("text/plain", dragged ? textOf(dragged) : "");
  });
  group.addEventListener("dragend", () => {
    dragged = null;
    unmark();
  });
  const target = list.parentElement!;
  target.addEventListener("dragover", (event) => {
    if (!dragged) return;
    event.preventDefault();
    unmark();
    rowBelow(event.clientY)?.classList.add("vv-drop");
  });
  target.addEventListener("drop", (event) => {
    if (!dragged) return;
    event.preventDefault();
    const before = rowBelow(event.clientY) ?? rows().find((row) => row.hidden) ?? null;
    if (dragged.dataset.offer) tell("added", add(dragged, before));
    else {
      list.insertBefore(dragged, before);
      renew();
      tell("moved", dragged);
    }
    unmark();
  });

  // --- Narrowing down --------------------------------------------------------------------------------

  const chosen = (name: string): string =>
    group.querySelector<HTMLInputElement | HTMLSelectElement>(`[data-filter=${name}]`)?.value.trim().toLowerCase() ?? "";

  function narrow(): void {
    const [text, competency, tag] = [chosen("text"), chosen("competency"), chosen("tag")];
    let count = 0;
    for (const offer of offers) {
      const tags = offer.dataset.tags!.toLowerCase().split(",");
      offer.hidden =
        !textOf(offer).toLowerCase().includes(text) ||
        (competency !== "" && offer.dataset.competency!.toLowerCase() !== competency) ||
        (tag !== "" && !tags.includes(tag));
      count += Number(!offer.hidden);
    }
    for (const bank of group.querySelectorAll<HTMLDetailsElement>("[data-bank]")) {
      const found = bank.querySelector("[data-offer]:not([hidden])") !== null;
      bank.hidden = !found && (text + competency + tag) !== "";
      if (found && text + competency + tag !== "") bank.open = true;
    }
    renew();
    news.textContent = fill(words.found!, { count });
  }

  group.addEventListener("input", (event) => {
    if ((event.target as HTMLElement).dataset.filter) narrow();
  });
  group.addEventListener("keydown", (event) => {
    // Enter in the search would send the form.
    if (event.key === "Enter" && (event.target as HTMLElement).dataset.filter) event.preventDefault();
  });

  for (const row of rows()) {
    const offer = offerOf(row.dataset.question!);
    const text = row.querySelector("[data-part=text]")!;
    if (!text.textContent!.trim() && offer) text.textContent = textOf(offer);
    row.hidden = field(row, "DELETE").checked;
  }
  renew();
}

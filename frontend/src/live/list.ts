/** The list of running sessions: whenever something changes, the rows are fetched again, at most once a second. */
import { BEATS_MISSED } from "./session";
import { keepOpen } from "./socket";

interface Row {
  url: string;
  candidate: string;
  interview: string;
  status: string;
  status_label: string;
  question: { index: number; count: number } | null;
  since: string;
  heartbeat_at: string | null;
}

const PAUSE = 1_000;
/** Heartbeats and questions change nothing that is pushed to the list, so look from time to time. */
const REFRESH = 10_000;

export function watchList(root: HTMLElement, texts: Record<string, string>): void {
  const part = (name: string) => root.querySelector<HTMLElement>(`[data-part="${name}"]`)!;
  const { listUrl, socketPath } = root.dataset;
  let rows: Row[] = [];
  let clockOffset = 0;
  let askedAt = 0;
  let due: number | undefined;

  function refresh(): void {
    due ??= window.setTimeout(() => void load(), Math.max(0, askedAt + PAUSE - Date.now()));
  }

  async function load(): Promise<void> {
    due = undefined;
    askedAt = Date.now();
    try {
      const response = await fetch(listUrl!, { headers: { Accept: "application/json" }, redirect: "manual" });
      if (!response.ok) return;
      const answer = (await response.json()) as { now: string; sessions: Row[] };
      rows = answer.sessions;
      clockOffset = Date.parse(answer.now) - Date.now();
      show();
    } catch {
      // The socket's state already says that the server is away; the next refresh tries again.
    }
  }

  function show(): void {
    part("empty").hidden = rows.length > 0;
    part("table").hidden = rows.length === 0;
    const focused = (document.activeElement as HTMLAnchorElement | null)?.getAttribute("href");
    part("rows").replaceChildren(...rows.map(render));
    if (focused) root.querySelector<HTMLElement>(`a[href="${CSS.escape(focused)}"]`)?.focus();
  }

  function render(row: Row): HTMLElement {
    const line = document.createElement("tr");
    const link = document.createElement("a");
    link.href = row.url;
    link.className = "vv-link";
    link.textContent = row.candidate;
    const badge = document.createElement("span");
    badge.className = "vv-badge";
    badge.dataset.status = row.status;
    badge.textContent = row.status_label;
    const { index, count } = row.question ?? { index: 0, count: 0 };
    const now = Date.now() + clockOffset;
    line.append(
      cell("th", texts.candidate!, link),
      cell("td", texts.interview!, row.interview),
      cell("td", texts.status!, badge),
      cell("td", texts.question!, row.question ? `${index} / ${count}` : "–"),
      cell("td", texts.since!, elapsed(now - Date.parse(row.since))),
      cell("td", texts.connection!, connection(row, now)),
    );
    return line;
  }

  function connection(row: Row, now: number): HTMLElement {
    const mark = document.createElement("span");
    mark.className = "vv-dot";
    const silent = row.heartbeat_at ? (now - Date.parse(row.heartbeat_at)) / 1000 : Infinity;
    mark.dataset.state = silent < BEATS_MISSED ? "open" : silent < Infinity ? "lost" : "connecting";
    mark.textContent = silent < BEATS_MISSED ? texts.bot_open! : silent < Infinity ? texts.bot_lost! : texts.bot_expected!;
    return mark;
  }

  function elapsed(milliseconds: number): string {
    const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
    return minutes < 1 ? texts.just_now! : texts.minutes!.replace("{minutes}", String(minutes));
  }

  keepOpen(
    socketPath!,
    (link) => {
      const mark = part("page-link");
      mark.dataset.state = link;
      mark.textContent = texts[`page_${link}`]!;
      if (link === "open") refresh();
    },
    refresh,
  );
  window.setInterval(() => {
    if (!document.hidden) refresh();
  }, REFRESH);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) refresh();
  });
}

function cell(tag: "td" | "th", label: string, content: string | HTMLElement): HTMLElement {
  const made = document.createElement(tag);
  if (tag === "th") made.setAttribute("scope", "row");
  made.dataset.label = label;
  made.append(content);
  return made;
}

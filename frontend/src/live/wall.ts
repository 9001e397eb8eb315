/** The wall of running interviews. News comes over the socket; the whole list is fetched when somebody comes or goes. */
import { fill } from "../sentences";
import { BEATS_MISSED } from "./session";
import { keepOpen } from "./socket";
import { applyNews, compare, type News, type Tile } from "./tiles";

const PAUSE = 1_000;
/** News may be lost on the way, so look again from time to time; not all watchers at the same moment. */
const REFRESH = 45_000;
const TICK = 5_000;

export function watchWall(root: HTMLElement, texts: Record<string, string>): void {
  const part = (name: string) => root.querySelector<HTMLElement>(`[data-part="${name}"]`)!;
  const { listUrl, socketPath } = root.dataset;
  const shown = new Map<string, HTMLElement>();
  let tiles: Tile[] = [];
  let loaded = false;
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
      const answer = (await response.json()) as { now: string; sessions: Tile[] };
      if (loaded) announce(compare(tiles, answer.sessions));
      tiles = answer.sessions;
      loaded = true;
      clockOffset = Date.parse(answer.now) - Date.now();
      show();
    } catch {
      // The socket's state already says that the server is away; the next refresh tries again.
    }
  }

  function take(news: News): void {
    tiles = applyNews(tiles, news);
    show();
  }

  /** The only thing that is read out by itself: the tiles change too often for that. */
  function announce({ come, gone }: { come: string[]; gone: string[] }): void {
    const said = [
      ...come.map((name) => fill(texts.has_come!, { name })),
      ...gone.map((name) => fill(texts.has_gone!, { name })),
    ];
    if (said.length) part("announcer").textContent = said.join(" ");
  }

  function show(): void {
    part("empty").hidden = tiles.length > 0;
    part("count").textContent = tiles.length ? String(tiles.length) : "";
    for (const [id, item] of shown) {
      if (tiles.some((tile) => tile.id === id)) continue;
      item.remove();
      shown.delete(id);
    }
    // Tiles stay where they are and are written anew, so that nobody's focus or place is lost.
    tiles.forEach((tile, at) => {
      const item = shown.get(tile.id) ?? make(tile.id);
      shown.set(tile.id, item);
      if (part("tiles").children[at] !== item) part("tiles").insertBefore(item, part("tiles").children[at] ?? null);
      write(item, tile);
    });
  }

  function make(id: string): HTMLElement {
    const item = document.importNode(root.querySelector("template")!.content, true).firstElementChild as HTMLElement;
    item.dataset.session = id;
    return item;
  }

  function write(item: HTMLElement, tile: Tile): void {
    const now = Date.now() + clockOffset;
    const field = (name: string) => item.querySelector<HTMLElement>(`[data-field="${name}"]`)!;
    const set = (name: string, text: string) => {
      if (field(name).textContent !== text) field(name).textContent = text;
    };
    (field("candidate") as HTMLAnchorElement).href = tile.url;
    set("candidate", tile.candidate);
    set("interview", tile.interview);
    set("status", tile.paused ? texts.paused! : tile.status_label);
    field("status").dataset.status = tile.paused ? "waiting" : tile.status;
    const { index, count } = tile.question ?? { index: 0, count: 1 };
    set("question", tile.question ? fill(texts.question_of!, { index, count }) : texts.no_question!);
    field("progress").style.transform = `scaleX(${Math.max(0, index - 1) / count})`;
    set("time", elapsed(tile, now));
    field("line").hidden = !tile.line;
    set("who", tile.line ? (tile.line.role === "bot" ? tile.interviewer : tile.candidate) : "");
    set("words", tile.line?.text ?? "");
    field("words").lang = tile.language;
    const silent = tile.heartbeat_at ? (now - Date.parse(tile.heartbeat_at)) / 1000 : Infinity;
    field("bot").dataset.state = silent < BEATS_MISSED ? "open" : silent < Infinity ? "lost" : "connecting";
    set("bot", silent < BEATS_MISSED ? texts.bot_open! : silent < Infinity ? texts.bot_lost! : texts.bot_expected!);
  }

  function elapsed({ since, status, total_limit }: Tile, now: number): string {
    const minutes = Math.max(0, Math.floor((now - Date.parse(since)) / 60_000));
    const limit = Math.round(total_limit / 60);
    return fill(status === "live" ? texts.minutes_of! : texts.waits_for!, { minutes, limit });
  }

  keepOpen(
    socketPath!,
    (link) => {
      const mark = part("page-link");
      mark.dataset.state = link;
      mark.textContent = texts[`page_${link}`]!;
      if (link === "open") refresh();
    },
    (push) => (push.type === "news" ? take(push.news) : refresh()),
  );
  window.setInterval(show, TICK);
  window.setInterval(
    () => {
      if (!document.hidden) refresh();
    },
    REFRESH * (0.8 + Math.random() * 0.4),
  );
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) refresh();
  });
}

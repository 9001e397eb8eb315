/** The running interviews as the wall knows them, and how news changes them. Pure: no clock, no network, no page. */

export interface Line {
  role: "bot" | "candidate";
  text: string;
}

export interface Tile {
  id: string;
  url: string;
  language: string;
  candidate: string;
  interview: string;
  interviewer: string;
  status: string;
  status_label: string;
  question: { index: number; count: number } | null;
  paused: boolean;
  line: Line | null;
  since: string;
  total_limit: number;
  heartbeat_at: string | null;
}

/** What has changed of one session; what is not named has not. */
export type News = Partial<Omit<Tile, "id">> & { id: string };

/** The tiles after the news. Of a session that is not among them there is nothing to say: comings are told apart. */
export function applyNews(tiles: Tile[], news: News): Tile[] {
  return tiles.map((tile) => (tile.id === news.id ? { ...tile, ...news } : tile));
}

/** Who has come and who has gone, by name. */
export function compare(before: Tile[], after: Tile[]): { come: string[]; gone: string[] } {
  const names = (tiles: Tile[], others: Tile[]): string[] =>
    tiles.filter((tile) => !others.some((other) => other.id === tile.id)).map((tile) => tile.candidate);
  return { come: names(after, before), gone: names(before, after) };
}

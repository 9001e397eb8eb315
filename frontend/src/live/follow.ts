/** Follows one session: snapshot, then frames; a gap, a reconnect or a doubt leads to the next snapshot. */
import { keepOpen, type Link } from "./socket";
import { applyCommand, applyFrame, fromSnapshot, type State } from "./state";
import type { Frame, Push, Snapshot } from "./types";

/** A running bot beats every 5 s, but news may be lost on the way: after this long without any, look again. */
const QUIET_LIMIT = 15_000;
const SNAPSHOT_PAUSE = 1_000;
const RETRY_PAUSE = 3_000;

export interface Follower {
  /** `clockOffset` added to this machine's clock gives the server's, in milliseconds. */
  onState(state: State, clockOffset: number): void;
  onLink(link: Link): void;
  /** The session is not this person's to watch, or not any more. */
  onGone(): void;
}

/** Returns what takes in news that came another way than over the socket. */
export function follow(snapshotUrl: string, socketPath: string, follower: Follower): (push: Push) => void {
  let state: State | undefined;
  let clockOffset = 0;
  let heardAt = 0;
  let askedAt = 0;
  let due: number | undefined;
  let fetching = false;
  let outdated = false;
  /** Frames that have to wait for a snapshot. */
  let waiting: Frame[] = [];

  function show(next: State): void {
    state = next;
    follower.onState(next, clockOffset);
  }

  function resync(pause = SNAPSHOT_PAUSE): void {
    outdated = fetching;
    if (fetching || due !== undefined) return;
    due = window.setTimeout(() => void fetchSnapshot(), Math.max(0, askedAt + pause - Date.now()));
  }

  async function fetchSnapshot(): Promise<void> {
    due = undefined;
    fetching = true;
    outdated = false;
    askedAt = Date.now();
    const answer = await loadSnapshot(snapshotUrl);
    fetching = false;
    if (answer === "gone") {
      follower.onGone();
    } else if (answer === "unreachable") {
      resync(RETRY_PAUSE);
    } else {
      clockOffset = Date.parse(answer.now) - Date.now();
      heardAt = Date.now();
      show(fromSnapshot(answer, state));
      const missed = waiting;
      waiting = [];
      missed.forEach(take);
      if (outdated) resync();
    }
  }

  function receive(push: Push): void {
    if (push.type === "frame") take(push.frame);
    else if (push.type === "command" && state && !fetching) show(applyCommand(state, push.command));
    else resync();
  }

  function take(frame: Frame): void {
    heardAt = Date.now();
    const next = state && !fetching ? applyFrame(state, frame) : null;
    if (next) {
      show(next);
    } else {
      waiting.push(frame);
      if (!fetching) resync();
    }
  }

  keepOpen(
    socketPath,
    (link) => {
      follower.onLink(link);
      if (link === "open") resync();
    },
    receive,
  );
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) resync();
  });
  window.setInterval(() => {
    const running = state !== undefined && state.session.status !== "ended";
    if (running && !document.hidden && Date.now() - heardAt > QUIET_LIMIT) resync();
  }, 5_000);
  return receive;
}

async function loadSnapshot(url: string): Promise<Snapshot | "gone" | "unreachable"> {
  try {
    const response = await fetch(url, { headers: { Accept: "application/json" }, redirect: "manual" });
    // A redirect leads to the log-in page.
    if (response.type === "opaqueredirect" || response.status === 403 || response.status === 404) return "gone";
    return response.ok ? ((await response.json()) as Snapshot) : "unreachable";
  } catch {
    return "unreachable";
  }
}

/** Follows one session: a snapshot when the socket opens, then frames; a gap or a doubt leads to the next snapshot. */
import { keepOpen, type Link } from "./socket";
import { applyCommand, applyFrame, fromSnapshot, type State } from "./state";
import type { Frame, Push, Snapshot } from "./types";

/** A running bot beats every 5 s, but news may be lost on the way: after this long without any, look again. */
const QUIET_LIMIT = 15_000;
/** The server passes over who asks twice as fast. */
const ASK_PAUSE = 1_000;
/** A socket on which no snapshot comes for so long is dead, though no browser has noticed yet. */
const ANSWER_LIMIT = 10_000;

export interface Follower {
  /** `clockOffset` added to this machine's clock gives the server's, in milliseconds. */
  onState(state: State, clockOffset: number): void;
  /** `open` once the present state is here. */
  onLink(link: Link): void;
}

/** Returns what takes in news that came another way than over the socket. */
export function follow(socketPath: string, follower: Follower): (push: Push) => void {
  let state: State | undefined;
  let clockOffset = 0;
  let heardAt = 0;
  let askedAt = 0;
  let due: number | undefined;
  /** Runs out while a snapshot is on its way. What comes before that snapshot is in it. */
  let awaited: number | undefined;

  function show(next: State): void {
    state = next;
    follower.onState(next, clockOffset);
  }

  function resync(): void {
    if (awaited !== undefined || due !== undefined) return;
    due = window.setTimeout(
      () => {
        due = undefined;
        if (awaited === undefined && line.say({ type: "snapshot" })) expectSnapshot();
      },
      Math.max(0, askedAt + ASK_PAUSE - Date.now()),
    );
  }

  function expectSnapshot(): void {
    askedAt = Date.now();
    awaited = window.setTimeout(() => line.giveUp(), ANSWER_LIMIT);
  }

  function expectNothing(): void {
    clearTimeout(awaited);
    awaited = undefined;
  }

  function receive(push: Push): void {
    if (push.type === "snapshot") begin(push.snapshot);
    else if (push.type === "frame") take(push.frame);
    else if (push.type === "command" && state) show(applyCommand(state, push.command));
    else resync();
  }

  function begin(snapshot: Snapshot): void {
    expectNothing();
    clockOffset = Date.parse(snapshot.now) - Date.now();
    heardAt = Date.now();
    show(fromSnapshot(snapshot, state));
    follower.onLink("open");
  }

  function take(frame: Frame): void {
    heardAt = Date.now();
    const next = state && applyFrame(state, frame);
    if (next) show(next);
    else resync();
  }

  const line = keepOpen(
    socketPath,
    (link) => {
      expectNothing();
      if (link === "open") expectSnapshot();
      else follower.onLink(link);
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

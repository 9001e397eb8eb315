import type { Push } from "./types";

/** `gone`: it is not this person's to watch, or not any more. */
export type Link = "connecting" | "open" | "lost" | "gone";

export interface Line {
  /** Whether it could be sent. */
  say(message: object): boolean;
  /** Takes the open socket for dead, and opens another. */
  giveUp(): void;
}

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;
/** As in interviews/live/staff.py. */
const CLOSE_NOT_FOUND = 4404;

/**
 * Opens the WebSocket at `path`, and again whenever it closes, with a pause in between that grows while none lasts.
 * After `gone` it tries again only when somebody comes back to the page.
 */
export function keepOpen(path: string, onLink: (link: Link) => void, onPush: (push: Push) => void): Line {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  let pause = FIRST_PAUSE;
  let retry: number | undefined;
  /** The one that is open or opening. */
  let socket: WebSocket | undefined;
  let openedAt = Infinity;

  function open(): void {
    clearTimeout(retry);
    openedAt = Infinity;
    const opened = new WebSocket(url);
    socket = opened;
    opened.addEventListener("open", () => {
      openedAt = Date.now();
      onLink("open");
    });
    opened.addEventListener("message", (event: MessageEvent<string>) => {
      if (opened === socket) onPush(JSON.parse(event.data) as Push);
    });
    opened.addEventListener("close", ({ code }) => {
      if (opened === socket) close(code === CLOSE_NOT_FOUND);
    });
  }

  function close(gone: boolean): void {
    socket = undefined;
    onLink(gone ? "gone" : "lost");
    if (gone) return;
    if (Date.now() - openedAt > LONGEST_PAUSE) pause = FIRST_PAUSE;
    retry = window.setTimeout(open, pause * (0.75 + Math.random() / 2));
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }

  function openNow(): void {
    if (socket) return;
    pause = FIRST_PAUSE;
    open();
  }

  window.addEventListener("online", openNow);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) openNow();
  });
  onLink("connecting");
  open();
  return {
    say(message) {
      if (socket?.readyState !== WebSocket.OPEN) return false;
      socket.send(JSON.stringify(message));
      return true;
    },
    giveUp() {
      socket?.close();
      close(false);
    },
  };
}

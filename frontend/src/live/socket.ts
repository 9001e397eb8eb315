import type { Push } from "./types";

export type Link = "connecting" | "open" | "lost";

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;

/** Opens the WebSocket at `path`, and again whenever it closes, with a growing pause in between. */
export function keepOpen(path: string, onLink: (link: Link) => void, onPush: (push: Push) => void): void {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  let pause = FIRST_PAUSE;
  let retry: number | undefined;
  let socket: WebSocket | undefined;

  function open(): void {
    clearTimeout(retry);
    socket = new WebSocket(url);
    socket.addEventListener("open", () => {
      pause = FIRST_PAUSE;
      onLink("open");
    });
    socket.addEventListener("message", (event: MessageEvent<string>) => onPush(JSON.parse(event.data) as Push));
    socket.addEventListener("close", () => {
      onLink("lost");
      retry = window.setTimeout(open, pause * (0.75 + Math.random() / 2));
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    });
  }

  function openNow(): void {
    if (socket?.readyState !== WebSocket.CLOSED) return;
    pause = FIRST_PAUSE;
    open();
  }

  window.addEventListener("online", openNow);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) openNow();
  });
  onLink("connecting");
  open();
}

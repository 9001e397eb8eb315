import type { CandidateState } from "./types";

const LONGEST_PAUSE = 10_000;
const UNKNOWN_LINK = 4404;

/** Hands on each state Django pushes, and opens the WebSocket again whenever it closes. */
export function watchState(path: string, onState: (state: CandidateState) => void): () => void {
  const url = new URL(path, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  let socket: WebSocket;
  let pause = 500;
  let retry: number | undefined;
  let stopped = false;

  function open(): void {
    socket = new WebSocket(url);
    socket.addEventListener("open", () => {
      pause = 500;
    });
    socket.addEventListener("message", (event: MessageEvent<string>) => {
      const message = JSON.parse(event.data) as { type: string; state: CandidateState };
      if (message.type === "state") onState(message.state);
    });
    socket.addEventListener("close", ({ code }) => {
      if (stopped || code === UNKNOWN_LINK) return;
      retry = window.setTimeout(open, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    });
  }

  open();
  return () => {
    stopped = true;
    clearTimeout(retry);
    socket.close();
  };
}

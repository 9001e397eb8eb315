import { Api } from "./api";
import { byId } from "./dom";
import { Interview } from "./interview";
import { Lobby } from "./lobby";
import { Microphone } from "./microphone";
import { watchState } from "./socket";
import type { PageConfig } from "./types";

const config = JSON.parse(byId("interview-config").textContent!) as PageConfig;
const microphone = new Microphone();
const interview = new Interview(config, new Api(config), microphone);

new Lobby(microphone, config.texts, (mode, record) => interview.start(mode, record));
watchState(config.urls.socket, (state) => interview.receive(state));
// The client library is needed only once the bot is ready; fetching it now keeps the start short.
window.requestIdleCallback?.(() => void import("./call").then(() => import("@pipecat-ai/small-webrtc-transport")));

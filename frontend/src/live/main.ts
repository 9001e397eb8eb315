import { watchList } from "./list";
import { watchSession } from "./session";

const texts = JSON.parse(document.getElementById("live-texts")!.textContent!) as Record<string, string>;
const list = document.getElementById("live-list");
const session = document.getElementById("live-session");

if (list) watchList(list, texts);
if (session) watchSession(session, texts);

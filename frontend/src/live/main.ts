import { watchSession } from "./session";
import { watchWall } from "./wall";

const texts = JSON.parse(document.getElementById("live-texts")!.textContent!) as Record<string, string>;
const list = document.getElementById("live-list");
const session = document.getElementById("live-session");

if (list) watchWall(list, texts);
if (session) watchSession(session, texts);

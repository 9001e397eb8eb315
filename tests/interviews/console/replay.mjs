// The live pages' reducers, run by node. Reads [{snapshot, frames}], among the frames commands, or [{tiles, news}] of the
// wall, and writes, for each, the state it comes to; null is a gap.
import { readFileSync } from "node:fs";
import { applyNews } from "../../../frontend/src/live/tiles.ts";
import { applyCommand, applyFrame, fromSnapshot } from "../../../frontend/src/live/state.ts";

const cases = JSON.parse(readFileSync(0, "utf8"));
const states = cases.map(({ tiles, news, snapshot, frames }) =>
  tiles
    ? news.reduce(applyNews, tiles)
    : frames.reduce((state, news) => state && (news.given_by ? applyCommand : applyFrame)(state, news), fromSnapshot(snapshot)),
);
process.stdout.write(JSON.stringify(states));

// The live page's reducer, run by node: reads [{snapshot, frames}] and writes, for each, the state it comes to; null is a gap.
import { readFileSync } from "node:fs";
import { applyFrame, fromSnapshot } from "../../../frontend/src/live/state.ts";

const cases = JSON.parse(readFileSync(0, "utf8"));
const states = cases.map(({ snapshot, frames }) =>
  frames.reduce((state, frame) => state && applyFrame(state, frame), fromSnapshot(snapshot)),
);
process.stdout.write(JSON.stringify(states));

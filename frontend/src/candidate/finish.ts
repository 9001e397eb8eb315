import { byId } from "./dom";
import { FINISHED, type CandidateState, type Summary } from "./types";

/** The last page: what was understood, and what happens next. */
export class Finish {
  /** `summary` is what the bot sent just now, before Django has it. */
  show(state: CandidateState, summary: Summary | null): void {
    const result = state.result ?? summary;
    byId("end-summary").hidden = !result;
    byId("end-pending").hidden = Boolean(result) || state.session?.end_reason === "ended_by_staff";
    byId("end-text").textContent = result?.summary ?? "";
    const points = byId("end-points");
    points.hidden = !result?.points.length;
    points.replaceChildren(
      ...(result?.points ?? []).map((point) => {
        const item = document.createElement("li");
        item.textContent = point;
        return item;
      }),
    );
    const question = document.getElementById("end-about-you");
    if (question) question.hidden = !FINISHED.includes(state.invitation.status);
    const message = byId("end-message");
    message.textContent = state.session?.message ?? "";
    message.hidden = !message.textContent;
  }
}

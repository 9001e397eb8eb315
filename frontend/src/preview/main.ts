/* In the brand's preview: the room as it looks in the middle of an interview, and nothing that can be pressed. */

interface Sample {
  number: string;
  question: string;
  status: string;
}

const sample = JSON.parse(document.getElementById("preview-sample")!.textContent!) as Sample;
const room = document.getElementById("room");

if (room) {
  const fill = (id: string, text: string): void => {
    document.getElementById(id)!.textContent = text;
  };
  room.hidden = false;
  room.dataset.phase = "live";
  document.getElementById("orb")!.dataset.state = "listening";
  fill("bot-status", sample.status);
  fill("question-number", sample.number);
  fill("question-text", sample.question);
}
for (const part of document.body.children) (part as HTMLElement).inert = true;

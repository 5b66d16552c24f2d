// Several lines pasted into a quick-add field: one button makes a card of each, all of them or none.

import { recountColumn } from "../board/column-counts.js";
import { findCard } from "../lib/card.js";
import { today } from "../lib/reader-zone.js";
import { createElement, markBoardStale, mayTakeFocus, parseHtml } from "../lib/dom.js";
import { discardDraft, draftKey, readDraft, writeDraft } from "../lib/drafts.js";
import { post } from "../lib/http.js";
import { isEscape } from "../lib/keyboard.js";
import { splitLines } from "../lib/pasted.js";
import { toast } from "../lib/toast.js";
import { offerUndo } from "../lib/undo.js";
import { uuid } from "../lib/uuid.js";
import { learnTags } from "./names.js";

const MAX_LINES = 100;
const PREVIEWED = 3;
const TIMEOUT = 20_000; // milliseconds until an answer counts as lost
const LOST = "No connection. Your lines are still here.";
const FAILED = "That did not work, and nothing was added. Please try again.";

/** The key of the pasted lines, beside the draft of the form's own line. */
const linesKey = (form) => `${draftKey(form)}:lines`;
const createText = (tag, className, textContent) => createElement(tag, className, { textContent });

function createButton(textContent, kind, act) {
  const button = createElement("button", `button button--small ${kind}`, { type: "button", textContent });
  button.addEventListener("click", act);
  return button;
}

const problemOf = ({ status, body }) => body?.error?.message ?? (status ? FAILED : LOST);

function putIn(columnId, { cards, head }) {
  const list = document.getElementById(`cards-${columnId}`);
  if (!list) return markBoardStale(); // in lanes
  const made = parseHtml(cards);
  for (const card of made.children) document.getElementById(card.id)?.remove();
  const more = list.querySelector(".column__more, .column__hidden");
  if (more) more.before(made);
  else list.append(made);
  list.querySelector(".card:last-of-type")?.scrollIntoView({ block: "nearest" });
  const shown = parseHtml(head).firstElementChild;
  const jump = document.querySelector(`.board__jump a[href="#column-${columnId}"] .muted`);
  if (jump && shown) jump.textContent = shown.dataset.count;
  if (shown) document.getElementById(shown.id).replaceWith(shown);
}

async function takeBack(address, op) {
  const answer = await post(address, { op }, TIMEOUT);
  if (answer.status !== 200) {
    toast(problemOf(answer), "danger", { label: "Retry", act: () => takeBack(address, op) });
    return;
  }
  for (const taskId of answer.body.task_ids) {
    const card = findCard(taskId);
    const columnId = card?.closest(".column").dataset.columnId;
    card?.remove();
    if (columnId) recountColumn(columnId, -1);
  }
  if (document.querySelector(".lane")) markBoardStale();
  toast(`${answer.body.task_ids.length} cards are in the trash.`, "ok");
}

async function send(form, panel, fields) {
  form.setAttribute("aria-busy", "true"); // so that the live board is not replaced meanwhile
  const answer = await post(document.getElementById("quick-add-config").dataset.manyUrl, fields, TIMEOUT);
  if (answer.status === 200 && answer.body) {
    putIn(fields.column_id, answer.body);
    learnTags(fields.lines.split("\n"));
    close(panel, form);
    offerUndo(answer.body.text, "", answer.body.undo, { act: () => takeBack(answer.body.undo, uuid()) });
    for (const note of answer.body.notes) toast(note);
  } else {
    panel.querySelector("[role=alert]").textContent = problemOf(answer);
    if (answer.status && answer.status < 500) fields.op = uuid(); // refused, so another try is a new one
  }
  form.removeAttribute("aria-busy");
}

/** Take the panel away: the lines were used, or are not wanted. */
function close(panel, form) {
  const takesFocus = mayTakeFocus(form);
  discardDraft(linesKey(form));
  panel.remove();
  if (takesFocus) form.elements.title.focus();
}

function keepAsOne(form, panel, lines) {
  const input = form.elements.title;
  close(panel, form);
  input.setRangeText(lines.join(" "), input.selectionStart, input.selectionEnd, "end");
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

function offer(form, lines, { op = uuid(), isNew = true } = {}) {
  form.querySelector(".quick-add__paste")?.remove();
  const panel = createElement("div", "quick-add__paste", { role: "group", ariaLabel: "Pasted lines" });
  const preview = createElement("ol", "quick-add__lines");
  preview.append(...lines.slice(0, PREVIEWED).map((line) => createText("li", "", line)));
  if (lines.length > PREVIEWED) preview.append(createText("li", "muted", `and ${lines.length - PREVIEWED} more`));
  const error = createElement("p", "field__error", { role: "alert" });
  const text = lines.join("\n");
  const fields = { lines: text, column_id: form.elements.column_id.value, today: today(), op };
  if (isNew) writeDraft(linesKey(form), { lines: text, op, fields: {} });
  const { lanes, lane } = form.elements;
  if (lane) Object.assign(fields, { lanes: lanes.value, lane: lane.value });
  const makeAll = createButton(`Make ${lines.length} cards`, "button--primary", () => form.ariaBusy || send(form, panel, fields));
  const keep = createButton("Keep as one", "button--quiet", () => keepAsOne(form, panel, lines));
  const buttons = createElement("div", "button-row");
  const tooMany = lines.length > MAX_LINES;
  buttons.append(...(tooMany ? [] : [makeAll]), keep);
  panel.append(preview, buttons, error);
  panel.addEventListener("keydown", (event) => {
    if (!isEscape(event)) return;
    event.stopPropagation();
    close(panel, form);
  });
  form.append(panel);
  if (tooMany) error.textContent = `At most ${MAX_LINES} cards can be added at once, and these are ${lines.length} lines.`;
  if (isNew) (tooMany ? keep : makeAll).focus();
}

/** Offer a card for each line, or row of a table, when several are pasted into the field of a form, or were and are not used yet. */
export function offerManyOnPaste(form) {
  const draft = readDraft(linesKey(form));
  if (draft) offer(form, splitLines(draft.lines), { op: draft.op, isNew: false });
  form.elements.title.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const lines = splitLines(text);
    if (lines.length < 2) return;
    event.preventDefault();
    offer(form, lines);
  });
}

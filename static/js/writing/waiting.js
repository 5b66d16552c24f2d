// What waits for a connection: cards that were added offline are shown at their column's field, and all that waits is sent by the first
// page that can.

import { draftKey, writeDraft } from "../lib/drafts.js";
import { createElement, createIcon, markBoardStale } from "../lib/dom.js";
import { post } from "../lib/http.js";
import { cancelRetry, retryWhenOnline } from "../lib/offline.js";
import { today } from "../lib/reader-zone.js";
import { inTurn } from "../lib/request-queue.js";
import { showOwnChange } from "../lib/own-changes.js";
import { toast } from "../lib/toast.js";
import { offerUndo } from "../lib/undo.js";
import { uuid } from "../lib/uuid.js";
import { isRetriedHere, listWaiting } from "./offline.js";

const FAILED = "That did not work, and nothing was changed.";
const AGAIN = 5000; // milliseconds
let timer = 0;

function writeInto(formId, draft, title) {
  const field = document.getElementById(formId)?.elements.title;
  if (field && !field.value) {
    field.value = title;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  } else writeDraft(draft, { fields: { title } });
}

function drawCard({ key, form, draft, fields }) {
  const item = createElement("p", "quick-add__waiting");
  const words = createElement("span", "quick-add__waiting-title");
  words.append(createElement("bdi", "", { textContent: fields.title }));
  const back = createElement("button", "link", { type: "button", textContent: "Take back", ariaLabel: `Take back: ${fields.title}` });
  back.addEventListener("click", () => {
    cancelRetry(key);
    drawWaiting();
    writeInto(form, draft, fields.title);
    document.getElementById(form)?.elements.title.focus();
  });
  item.append(createIcon("circle-alert"), words, createElement("span", "muted", { textContent: "Waits for a connection" }), back);
  return item;
}

function drawWaiting() {
  for (const item of document.querySelectorAll(".quick-add__waiting")) item.remove();
  for (const request of listWaiting()) {
    const form = request.form && document.getElementById(request.form);
    if (!form) continue;
    form.classList.add("is-live"); // it may take several lines
    const preview = form.querySelector(".quick-add__preview");
    if (preview) preview.before(drawCard(request));
    else form.append(drawCard(request));
  }
}

// A card that is added offline. Before those who send forms.
window.addEventListener("submit", (event) => {
  const form = event.target;
  if (navigator.onLine || !form.matches(".quick-add")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const fields = { ...Object.fromEntries(new FormData(form)), today: today() };
  delete fields.csrf_token; // the page that sends it has its own
  const request = { url: form.getAttribute("action"), fields, text: `“${fields.title}” was added.`, form: form.id, draft: draftKey(form) };
  if (!retryWhenOnline(fields.op, null, request)) return;
  form.reset();
  form.elements.op.value = uuid();
  form.elements.title.dispatchEvent(new Event("input", { bubbles: true }));
  drawWaiting();
}, { capture: true });

function refuse(request, error) {
  cancelRetry(request.key);
  toast(`${request.text.replace(/ was added\.$/, "")}: ${error?.message ?? FAILED}`, "danger");
  if (request.form) writeInto(request.form, request.draft, request.fields.title);
}

/** Send a request that waits; answers whether that is settled, so that the next one may follow. */
async function send(request) {
  if (isRetriedHere(request.key) || !listWaiting().some(({ key }) => key === request.key)) return true;
  const { status, body } = await post(request.url, request.fields);
  if (status === 200 && body) {
    cancelRetry(request.key);
    const taskId = request.taskId ?? body.id;
    offerUndo(request.text, taskId, body.event);
    showOwnChange(taskId, body.version);
    markBoardStale();
  } else if (status >= 400 && status < 500 && status !== 401 && status !== 429) refuse(request, body?.error);
  else return false;
  return true;
}

/** Send what waits, in its order: what can't be sent yet holds back the rest, and is tried again. */
async function sendAll() {
  clearTimeout(timer);
  if (!navigator.onLine) return;
  for (const request of listWaiting()) {
    if (await inTurn(() => send(request))) continue;
    timer = setTimeout(sendAll, AGAIN);
    break;
  }
  drawWaiting();
}

drawWaiting();
sendAll();
window.addEventListener("online", sendAll);

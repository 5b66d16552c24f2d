// Drafts are offered again: in their forms, beside what opens their forms, and in the top bar where neither is on the page.

import { afterStart } from "../lib/behaviours.js";
import { createElement, createIcon } from "../lib/dom.js";
import { discardDraft, draftKey, isDirty, isRefused, keptControls, readDraft } from "../lib/drafts.js";
import { uuid } from "../lib/uuid.js";
import { listDrafts } from "./all-drafts.js";

const RESTORED = "Restored from this device";
const CONTINUE = "Unsaved draft: continue";
const OPENERS = "[data-draft-of], .lane-add";
const PAUSE = 400; // milliseconds
let timer = 0;

const createButton = (className, textContent, act) => {
  const button = createElement("button", className, { type: "button", textContent });
  button.addEventListener("click", act);
  return button;
};

function findNote(form) {
  const old = form.querySelector("[data-draft-note]");
  if (old) return old;
  const isLine = form.matches(".quick-add");
  form.classList.toggle("is-live", isLine); // it takes a second line
  const note = createElement("p", `draft-note muted small${isLine ? " quick-add__preview" : ""}`, { role: "status" });
  note.dataset.draftNote = "";
  form.append(note);
  return note;
}

/** Say in a form that it was restored, for as long as it is as it was then; it can be taken back. */
function noteRestored(form, key, takeBack) {
  const note = findNote(form);
  const before = [...note.childNodes];
  const done = () => note.replaceChildren(...before);
  note.replaceChildren(`${RESTORED} `, createButton("link", "Discard", () => {
    discardDraft(key);
    takeBack();
    done();
  }));
  form.addEventListener("reset", done, { once: true });
}

function setValue(field, text) {
  if (field.type === "radio") field.checked = field.value === text;
  else field.value = text;
}

function restore(form) {
  const key = draftKey(form);
  // Pasted lines are offered by the code that loads when somebody comes to the field.
  if (key && readDraft(`${key}:lines`)) form.elements.title.dispatchEvent(new Event("focus"));
  const draft = key && readDraft(key);
  if (!draft || isRefused(form) || form.ariaBusy) return;
  const fields = keptControls(form).filter((field) => field.name in draft.fields);
  const changed = fields.filter((field) => (field.type === "radio" ? field.value === draft.fields[field.name] && !field.checked : field.value !== draft.fields[field.name]));
  if (!changed.length) {
    if (fields.length && !fields.some(isDirty)) discardDraft(key); // it says what the server has
    return;
  }
  const { version, op } = form.elements;
  const before = [...changed, version, op].filter(Boolean).map((field) => [field, field.type === "radio" ? field.checked : field.value]);
  for (const field of changed) setValue(field, draft.fields[field.name]);
  form.closest("details:not(.menu)")?.setAttribute("open", "");
  // As it was written: an old version meets its conflict, and a submission that had arrived unheard acts once.
  if (version && draft.version) version.value = draft.version;
  if (op && draft.op) op.value = draft.op;
  form.addEventListener("input", () => { if (op && op.value === draft.op) op.value = uuid(); }, { once: true, capture: true });
  noteRestored(form, key, () => {
    for (const [field, value] of before) field[field.type === "radio" ? "checked" : "value"] = value;
  });
}

/** The key of the draft that a control leads to. */
function keyBehind(opener) {
  if (opener.dataset.draftOf) return opener.dataset.draftOf;
  const { columnId, lane } = opener.closest(".column").dataset;
  const place = `#add-${columnId}-${encodeURIComponent(lane)}`;
  return listDrafts().find(([key]) => key.endsWith(place))?.[0] ?? "";
}

const isOpen = (key) => [...document.forms].some((form) => draftKey(form) === key);

function offerBeside(opener) {
  const link = opener.matches("a") ? opener : opener.querySelector("a[hx-get]");
  const parent = link === opener ? opener.parentElement : opener.querySelector("dd") ?? opener;
  const key = keyBehind(opener);
  const old = [...parent.querySelectorAll(".draft-offer")].find((offer) => offer.dataset.key === key);
  if (!key || !readDraft(key) || isOpen(key)) {
    old?.remove();
    return;
  }
  if (old || !link) return;
  const offer = createButton("button button--small draft-offer", CONTINUE, () => {
    offer.remove();
    link.click();
  });
  offer.dataset.key = key;
  if (link === opener) link.after(offer);
  else parent.append(offer);
}

const isOnPage = (key) => isOpen(key)
  || [...document.querySelectorAll(OPENERS)].some((opener) => keyBehind(opener) === key);

/** In the top bar, in a moment, as what was just left may be saved by then: the newest draft that is found elsewhere. */
function showInBar() {
  const elsewhere = listDrafts().filter(([key]) => !isOnPage(key.replace(/:lines$/, "")));
  let link = document.getElementById("draft-link");
  if (!elsewhere.length) {
    link?.remove();
    return;
  }
  const [[, { page }]] = elsewhere;
  if (!link) {
    link = createElement("a", "bar__link", { id: "draft-link" });
    document.querySelector(".bar__space")?.after(link);
  }
  link.href = page;
  link.title = "What you wrote and did not send is kept on this device";
  const words = elsewhere.length === 1 ? "Unsaved draft" : `${elsewhere.length} unsaved drafts`;
  link.replaceChildren(createIcon("pencil"), createElement("span", "name-hidden-narrow", { textContent: words }));
}

function offerInBar() {
  clearTimeout(timer);
  timer = setTimeout(showInBar, PAUSE);
}

function offerIn(root) {
  const within = (selector) => [...(root.matches?.(selector) ? [root] : []), ...root.querySelectorAll(selector)];
  within("form").forEach(restore);
  within(OPENERS).forEach(offerBeside);
  offerInBar();
}

afterStart(offerIn);
offerIn(document);
document.addEventListener("forge:draft-settled", () => {
  document.querySelectorAll(OPENERS).forEach(offerBeside);
  offerInBar();
});
for (const name of ["close", "toggle"]) document.addEventListener(name, offerInBar, { capture: true }); // a dialog, a popover
document.addEventListener("click", (event) => {
  const form = event.target.closest("[data-draft-discard]")?.closest("form");
  if (form) discardDraft(draftKey(form));
});

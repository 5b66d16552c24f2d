// Below a quick-add field: what the line says so far, as the server will read it.

import { today } from "../lib/reader-zone.js";
import { createElement } from "../lib/dom.js";
import { createChips } from "./chips.js";
import { areNamesPending, knownNames, knownPeople, learnTags, loadNames } from "./names.js";
import { keepAsText, parseLine } from "./parse-line.js";
import { offerManyOnPaste } from "./paste-lines.js";
import { attachSuggestions, isBeingTyped, placeSuggestions, refreshSuggestions } from "./suggestions.js";

const PAUSE = 90; // milliseconds after the last key
const EXAMPLES = [["@name", "assignee"], ["!3", "priority"], ["#tag", "tag"], ["fri", "due"]];

function createHint(form) {
  const hint = createElement("p", "quick-add__hint", { id: `hint-${form.id}` });
  hint.append("Try ");
  for (const [textContent, title] of EXAMPLES) hint.append(createElement("code", "", { textContent, title }), " ");
  return hint;
}

function createPreview() {
  const preview = createElement("div", "quick-add__preview");
  preview.setAttribute("aria-live", "polite");
  return preview;
}

/** Show what a form's line says while it is typed, offer names, and cards for pasted lines. Called once for a form. */
export function previewWhileTyping(form) {
  const input = form.elements.title;
  const preview = createPreview();
  const hint = createHint(form);
  form.append(preview, hint);
  form.classList.add("is-live");
  input.setAttribute("aria-describedby", [input.getAttribute("aria-describedby"), hint.id].filter(Boolean).join(" "));
  let shown = "";
  let timer = 0;
  let sent = "";

  function show() {
    const line = parseLine(input.value, knownPeople(), today());
    line.notes = line.notes.filter(({ word }) => !isBeingTyped(input, word));
    const state = JSON.stringify({ ...line, title: "" });
    if (state === shown) return;
    shown = state;
    preview.replaceChildren(...createChips(line, today()));
    placeSuggestions();
  }

  // The names may arrive after the word that wants one of them was begun.
  async function showWithNames(isLate = areNamesPending()) {
    await loadNames();
    show();
    if (isLate) refreshSuggestions(input, knownNames());
  }

  preview.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-places]");
    if (!chip) return;
    input.value = keepAsText(input.value, chip.dataset.places.split(",").map(Number));
    input.focus();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    show();
  });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE);
  });
  form.addEventListener("reset", () => setTimeout(show));
  form.addEventListener("submit", () => { sent = input.value; });
  form.addEventListener("forge:form-sent", () => learnTags([sent]));
  input.addEventListener("focus", () => showWithNames());
  attachSuggestions(input, knownNames);
  offerManyOnPaste(form);
  showWithNames(true);
  show();
}

// In a comment and a description: people are offered after "@", and below the field stands whom the text will reach.

import { createElement, createIcon } from "../lib/dom.js";
import { fetchJson } from "../lib/http.js";
import { attachSuggestions, isBeingTyped, refreshSuggestions } from "../quick-add/suggestions.js";
import { findMentioned, findMentions, withoutCode } from "./find-mentions.js";

const PAUSE = 200; // milliseconds after the last key
const MAX_SHOWN = 12;
const teams = new Map(); // by address: a promise of its people

const loadPeople = (url) => {
  if (!teams.has(url)) {
    teams.set(url, fetchJson(url).then(({ people }) => people, () => {
      teams.delete(url); // the next field asks again
      return [];
    }));
  }
  return teams.get(url);
};

function createChip(icon, text, className = "") {
  const chip = createElement("span", `chip ${className}`);
  chip.append(createIcon(icon), createElement("bdi", "", { textContent: text }));
  return chip;
}

function describe(name, found) {
  if (found.length === 1) return createChip("at-sign", `${found[0].display_name} will be notified`);
  const among = found.slice(0, 3).map(({ display_name: who }) => who).join(" or ");
  return createChip("info", found.length ? `@${name} could be ${among}` : `@${name}: nobody goes by that name`, "mention-notes__miss");
}

/** Offer people in a text field, and show whom its text mentions. Called once for a field. */
export async function helpMentioning(field, url) {
  const notes = createElement("div", "mention-notes");
  notes.setAttribute("aria-live", "polite");
  field.after(notes);
  let people = [];
  let timer = 0;
  let shown = "";

  function show() {
    const names = [...new Set(findMentions(withoutCode(field.value)))].slice(0, MAX_SHOWN);
    // A name that is being written may yet become somebody's.
    const isKnown = ([name, who]) => who.length === 1 || !isBeingTyped(field, `@${name}`);
    const found = names.map((name) => [name, findMentioned(name, people)]).filter(isKnown);
    const state = JSON.stringify(found.map(([name, who]) => [name, who.map(({ user_id: id }) => id)]));
    if (state === shown) return;
    shown = state;
    const reached = new Set();
    const isNews = ([, who]) => who.length !== 1 || (!reached.has(who[0].user_id) && reached.add(who[0].user_id));
    notes.replaceChildren(...found.filter(isNews).map(([name, who]) => describe(name, who)));
  }
  const showSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => people.length && show(), PAUSE);
  };

  const names = () => ({ people, tags: [] });
  attachSuggestions(field, names);
  field.addEventListener("input", showSoon);
  field.addEventListener("blur", showSoon);
  field.form.addEventListener("reset", showSoon);
  people = await loadPeople(url);
  refreshSuggestions(field, names());
  showSoon();
}

// Filters that this browser keeps for a board: saved by a click under the words of their chips, shown at the top of the filter's popover.

import { toast } from "../lib/toast.js";

const MAX_FILTERS = 12;
const MAX_NAME = 60;
const storageKey = () => `taskforge:filters:${location.pathname}`;

function read() {
  try {
    return JSON.parse(localStorage.getItem(storageKey()) ?? "[]");
  } catch {
    return []; // what is stored there is not ours, or nothing may be stored
  }
}

function write(saved) {
  try {
    localStorage.setItem(storageKey(), JSON.stringify(saved.slice(0, MAX_FILTERS)));
  } catch {
    toast("This browser keeps no filters for this page.", "danger");
  }
}

const nameOfCurrent = () =>
  [...document.querySelectorAll("#board-chips bdi")].map((chip) => chip.textContent).join(", ").slice(0, MAX_NAME);

function createRow({ name, query }, remove) {
  const row = document.getElementById("saved-filter").content.cloneNode(true);
  const link = row.querySelector("a");
  link.href = location.pathname + query;
  link.querySelector("bdi").textContent = name;
  if (query === location.search) link.ariaCurrent = "true";
  const button = row.querySelector("button");
  button.ariaLabel = `Forget ${name}`;
  button.addEventListener("click", remove);
  return row;
}

/** Show the saved filters in the filter's form, and let the present one be saved. */
export function showSavedFilters(form) {
  const saved = read();
  const list = form.querySelector(".filter__saved");
  const save = form.querySelector("[data-save]");
  const replace = (filters) => {
    write(filters);
    showSavedFilters(form);
  };
  list.hidden = !saved.length;
  list.replaceChildren(...saved.map((one) => createRow(one, () => replace(saved.filter((other) => other !== one)))));
  save.disabled = !nameOfCurrent() || saved.some(({ query }) => query === location.search);
  save.onclick = () => {
    replace([{ name: nameOfCurrent(), query: location.search }, ...saved]);
    form.querySelector("[data-popover-close]").focus();
  };
}

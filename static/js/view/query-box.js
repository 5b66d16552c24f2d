// A field in which a query is typed: what may stand where the caret is comes from the server, and is chosen by keys or a click.

import { behaviour } from "../lib/behaviours.js";
import { fetchJson } from "../lib/http.js";
import { isComposing } from "../lib/keyboard.js";

const PAUSE = 120; // milliseconds without a key until it is asked
const LIST_ID = "query-completions";
// What is offered for which text: the form is drawn anew with each result, and offers it again.
let kept = null;
let awaited = null; // the text for which it is being asked: the form may be drawn anew before the answer

function createOption({ label, example }, number) {
  const option = document.createElement("li");
  Object.assign(option, { id: `${LIST_ID}-${number}`, role: "option", className: "query-box__option", ariaSelected: "false" });
  const name = document.createElement("bdi");
  name.textContent = label;
  const detail = document.createElement("span");
  Object.assign(detail, { className: "query-box__example", textContent: example });
  option.append(name, ...(example ? [detail] : []));
  return option;
}

behaviour("query-box", (box) => {
  const input = box.querySelector("input");
  const list = document.createElement("ul");
  Object.assign(list, { id: LIST_ID, className: "query-box__list", role: "listbox", ariaLabel: "Completions", hidden: true });
  box.append(list);
  Object.assign(input, { role: "combobox", ariaExpanded: "false", ariaAutoComplete: "list" });
  input.setAttribute("aria-controls", LIST_ID);
  let found = { items: [] };
  let active = -1;
  let timer = 0;
  let asked = 0;

  const hide = () => {
    clearTimeout(timer);
    asked += 1;
    list.hidden = true;
    input.ariaExpanded = "false";
    input.removeAttribute("aria-activedescendant");
  };
  const close = () => {
    kept = awaited = null;
    hide();
  };
  const activate = (number) => {
    active = number;
    kept = { value: input.value, found, active };
    [...list.children].forEach((option, at) => { option.ariaSelected = `${at === number}`; });
    if (number < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", list.children[number].id);
  };
  const offer = (answer, number) => {
    found = answer;
    list.replaceChildren(...found.items.map(createOption));
    list.hidden = false;
    input.ariaExpanded = "true";
    activate(number);
  };
  const suggest = async () => {
    const turn = ++asked;
    const { value } = input;
    awaited = value;
    const query = new URLSearchParams({ text: value, at: input.selectionStart });
    const answer = await fetchJson(`${box.dataset.url}?${query}`).catch(() => null); // without it, one types on
    if (!answer || turn !== asked || document.activeElement !== input) return;
    awaited = null;
    if (answer.items.length) offer({ ...answer, value }, -1);
    else close();
  };
  const suggestSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(suggest, PAUSE);
  };
  /** Where the word ends that is completed: what was typed since its completions were asked for belongs to it. Less than its start where it
      is another one by now. */
  const endOfWord = () => {
    const rest = found.value.slice(found.start + found.length);
    const isSame = input.value.startsWith(found.value.slice(0, found.start)) && input.value.endsWith(rest);
    return isSame ? input.value.length - rest.length : -1;
  };
  const choose = (number) => {
    const { text } = found.items[number];
    const end = endOfWord();
    if (end < found.start) return close();
    const isTerm = text.endsWith(":");
    const gap = isTerm || input.value[end] === " " ? "" : " ";
    input.setRangeText(text + gap, found.start, end, "end");
    close();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    if (!isTerm) clearTimeout(timer); // the word is whole
    return null;
  };

  input.addEventListener("input", () => {
    if (!list.hidden) activate(-1);
    if (/\S$/.test(input.value.slice(0, input.selectionStart))) suggestSoon();
    else close();
  });
  input.addEventListener("blur", hide);
  input.addEventListener("keydown", (event) => {
    if (isComposing(event)) return;
    const { key } = event;
    if (list.hidden) {
      if (key === "ArrowDown") {
        event.preventDefault();
        suggest();
      }
      return;
    }
    const count = list.children.length;
    if (key === "ArrowDown") activate(active + 1 < count ? active + 1 : -1);
    else if (key === "ArrowUp") activate(active < 0 ? count - 1 : active - 1);
    else if ((key === "Enter" || key === "Tab") && active >= 0) choose(active);
    else if (key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault(); // the field keeps the focus
    const option = event.target.closest("[role=option]");
    if (option) choose([...list.children].indexOf(option));
  });
  if (kept?.value === input.value) offer(kept.found, kept.active);
  if (awaited === input.value) suggestSoon(); // when the caret is where it was
});

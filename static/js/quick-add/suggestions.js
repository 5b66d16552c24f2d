// Suggestions: people after "@" and tags after "#", in a list that the arrow keys walk while the focus stays in the field.

import { isComposing } from "../lib/keyboard.js";
import { normalizeName } from "../lib/names.js";
import { findBegun } from "../mentions/find-mentions.js";
import { isTag } from "./parse-line.js";

const MAX_OPTIONS = 6;
const GAP = 6; // pixels between the field and the list
let list = null;
let owner = null; // the field that the list belongs to
let options = []; // {write, show}
let active = -1;
let declined = ""; // the line for which Escape closed the list

function makeList() {
  list = document.createElement("ul");
  list.id = "quick-add-suggestions";
  list.className = "suggest";
  list.role = "listbox";
  list.ariaLabel = "Suggestions";
  list.popover = "manual";
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays where it is
  // Not before the button is released: the end of a click must not meet what lies below the list.
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) accept(options[[...list.children].indexOf(option)]);
  });
}

const isText = (field) => field.localName === "textarea"; // not a line of quick-add: it mentions people anywhere

/** The word at the caret if it begins with a sign: {sign, typed, start, end}. */
const wordAt = (input) => {
  const end = input.selectionStart;
  if (end !== input.selectionEnd || /^[\p{L}\p{N}_]/u.test(input.value.slice(end))) return null;
  if (isText(input)) {
    const typed = findBegun(input.value.slice(0, end));
    return typed === null ? null : { sign: "@", typed, start: end - typed.length - 1, end };
  }
  if (/^\S/.test(input.value.slice(end))) return null;
  const found = /(?:^|\s)([@#])([^\s@#]*)$/.exec(input.value.slice(0, end));
  return found && { sign: found[1], typed: found[2], start: end - found[2].length - 1, end };
};

/** Whether a word, sign included, is the one that is being written now. */
export function isBeingTyped(input, word) {
  const at = document.activeElement === input && wordAt(input);
  return Boolean(at) && at.sign + at.typed === word;
}

function find({ sign, typed }, names) {
  const wanted = normalizeName(typed);
  if (sign === "#") {
    const tags = names.tags.filter((tag) => isTag(tag) && normalizeName(tag).startsWith(wanted) && tag !== typed);
    return tags.slice(0, MAX_OPTIONS).map((tag) => ({ write: `#${tag}`, show: tag }));
  }
  const fits = ({ first, whole, local, display_name: name }) =>
    [first, whole, local, ...name.split(/\s+/).map(normalizeName)].some((part) => part.startsWith(wanted));
  const people = names.people.filter((person) => person.handle && person.handle !== typed.toLowerCase() && fits(person));
  return people.slice(0, MAX_OPTIONS).map(({ handle, display_name: show }) => ({ write: `@${handle}`, show }));
}

function close() {
  if (!owner) return;
  list.hidePopover();
  owner.ariaExpanded = "false";
  owner.removeAttribute("aria-activedescendant");
  if (isText(owner)) {
    owner.role = null;
    owner.ariaExpanded = null;
  }
  owner = null;
}

function mark(at) {
  active = at;
  [...list.children].forEach((option, index) => { option.ariaSelected = index === at ? "true" : "false"; });
  if (at < 0) owner.removeAttribute("aria-activedescendant");
  else owner.setAttribute("aria-activedescendant", list.children[at].id);
}

function place() {
  const { left, top, bottom } = owner.getBoundingClientRect();
  const { width, height } = list.getBoundingClientRect();
  const above = top - GAP - height;
  list.style.left = `${Math.max(GAP, Math.min(left, innerWidth - width - GAP))}px`;
  list.style.top = `${above > GAP ? above : bottom + GAP}px`;
}

/** The field may have moved: chips below it have come or gone. */
export const placeSuggestions = () => owner && place();
addEventListener("resize", placeSuggestions);
addEventListener("scroll", placeSuggestions, { capture: true, passive: true });

function draw({ write, show }, at) {
  const option = document.createElement("li");
  option.id = `quick-add-suggestion-${at}`;
  option.role = "option";
  option.className = "suggest__option";
  const name = document.createElement("bdi");
  name.textContent = show;
  option.append(name);
  if (write.startsWith("@")) {
    const handle = document.createElement("span");
    handle.className = "muted small";
    handle.textContent = write;
    option.append(handle);
  }
  return option;
}

function accept({ write }) {
  const input = owner;
  const { start, end } = wordAt(input);
  const space = input.value[end] === " " ? "" : " ";
  input.setRangeText(write + space, start, end, "end");
  close();
  input.dispatchEvent(new Event("input", { bubbles: true }));
}

function offer(input, names) {
  const word = wordAt(input);
  declined = "";
  options = word ? find(word, names) : [];
  if (!options.length) {
    close();
    return;
  }
  if (!list) makeList();
  owner = input;
  if (isText(input)) input.role = "combobox"; // otherwise it stays a field of many lines to screen readers
  (input.closest("dialog") ?? document.body).append(list); // a modal dialog leaves everything outside it inert
  list.replaceChildren(...options.map(draw));
  list.showPopover();
  input.ariaExpanded = "true";
  // A name that was begun is nearly always one of these; a tag may be a new one.
  mark(word.sign === "@" && word.typed ? 0 : -1);
  place();
}

function onKey(event) {
  if (!owner || isComposing(event)) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) mark((active + step + options.length + (active < 0 && step < 0 ? 1 : 0)) % options.length);
  else if (["Enter", "Tab"].includes(event.key) && active >= 0) accept(options[active]);
  else if (event.key === "Escape") {
    declined = owner.value;
    close();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

/** More names are known than when the last key was pressed: offer them, unless that was declined. What is marked stays. */
export function refreshSuggestions(input, names) {
  if (document.activeElement !== input || (declined && declined === input.value)) return;
  const marked = owner === input && options[active]?.write;
  offer(input, names);
  const at = options.findIndex(({ write }) => write === marked);
  if (owner === input && at >= 0) mark(at);
}

/** Offer names and tags while somebody writes into a field. `names()` are those of the board. */
export function attachSuggestions(input, names) {
  if (!isText(input)) {
    input.role = "combobox";
    input.ariaExpanded = "false";
  }
  input.ariaAutoComplete = "list";
  input.setAttribute("aria-controls", "quick-add-suggestions");
  if (!list) makeList();
  document.body.append(list);
  input.addEventListener("input", () => offer(input, names()));
  input.addEventListener("click", () => offer(input, names()));
  input.addEventListener("keydown", onKey);
  input.addEventListener("blur", close);
}

// The open task brought up to date, part by part: a part that looks the same, or is being worked on, is left alone.

import htmx from "../../vendor/htmx.js";
import { startBehaviours } from "../lib/behaviours.js";
import { parseHtml } from "../lib/dom.js";
import { refreshTimes } from "../lib/times.js";
import { shownBefore } from "./inline-form.js";
import { showRemoteEdit } from "./remote-edit.js";

const HTMX_CLASS = / class="([^"]*?) ?\bhtmx-[^"]*"/g;

/** A text of how a part looks, without what differs at every drawing: tokens, operation ids, times in words. */
function fingerprint(part) {
  const copy = part.cloneNode(true);
  copy.querySelectorAll("input[type=hidden], .draft-offer").forEach((element) => element.remove());
  for (const menu of copy.querySelectorAll("details[open]")) menu.open = false;
  for (const time of copy.querySelectorAll("time")) {
    time.textContent = "";
    for (const name of ["title", "class", "data-original"]) time.removeAttribute(name);
  }
  return `${copy.hidden}${copy.innerHTML.replaceAll(/\s+/g, " ").replaceAll(HTMX_CLASS, ' class="$1"')}`;
}

const looksSame = (one, other) => fingerprint(one) === fingerprint(other);

const isInUse = (part) => part.querySelector(".menu[open]") !== null || [...part.querySelectorAll("input:not([type=hidden]), textarea")]
  .some((field) => field.value !== field.defaultValue || field === document.activeElement);

// A part that was left alone for its open menu is brought up to date once that is closed.
document.addEventListener("toggle", ({ target }) => {
  if (target.open || !target.closest?.("[data-stale]")) return;
  delete target.closest("[data-stale]").dataset.stale;
  document.dispatchEvent(new CustomEvent("forge:task-stale"));
}, { capture: true });

function activate(element) {
  htmx.process(element);
  startBehaviours(element);
  refreshTimes(element);
}

function replace(old, fresh, isHighlighted) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(fresh);
  activate(fresh);
  if (focused) (document.getElementById(focused.id) ?? fresh.querySelector(".inline-field__edit, button"))?.focus({ preventScroll: true });
  if (isHighlighted) fresh.classList.add("is-changed");
}

/** A part of an open task, in that task alone: another task, opened since, has parts of the same ids. */
const findPart = (panel, id) => panel.querySelector(`#${CSS.escape(id)}`);

function updateField(panel, fresh, isRemote) {
  const old = findPart(panel, fresh.id);
  if (!old) return;
  if (old.querySelector("[aria-busy]")) return; // its form is on its way: the answer brings what is newest
  // By its form: while htmx settles, a field that has just been opened still bears the classes of the closed one.
  if (!old.querySelector(".inline-field__form")) {
    if (!looksSame(old, fresh)) replace(old, fresh, isRemote);
    return;
  }
  const before = shownBefore(old);
  if (before && isRemote && !looksSame(before, fresh)) showRemoteEdit(old, fresh.cloneNode(true));
  if (before) before.replaceChildren(...fresh.cloneNode(true).childNodes);
}

function updateComments(panel, fresh) {
  const list = panel.querySelector("#comments");
  if (!list) return;
  const sending = panel.querySelector("#comment-form[aria-busy]"); // its answer brings its comment, which may be among the new ones
  sending?.addEventListener("htmx:afterRequest", () => document.dispatchEvent(new CustomEvent("forge:task-stale")), { once: true });
  for (const comment of fresh.querySelectorAll("#comments > li > .comment")) {
    const old = findPart(panel, comment.id);
    if (!old && !sending) {
      const item = comment.parentElement;
      list.append(item);
      activate(item);
    } else if (old?.matches(".comment") && !old.querySelector("[aria-busy]") && !looksSame(old, comment)) replace(old, comment, false);
  }
  const title = panel.querySelector("#discussion-title");
  const newTitle = fresh.querySelector("#discussion-title");
  if (title && newTitle) title.replaceChildren(...newTitle.childNodes);
}

/** Put a newer drawing of a task in place of what differs, and answer whether it is one; `isRemote`: others changed it, so the change is
    highlighted. */
export function updateTask(panel, html, isRemote) {
  const fresh = parseHtml(html).querySelector(".task-panel");
  if (!fresh || fresh.dataset.taskId !== panel.dataset.taskId) return false;
  if (Number(fresh.dataset.version) < Number(panel.dataset.version)) return false;
  panel.dataset.version = fresh.dataset.version;
  panel.dataset.title = fresh.dataset.title;
  for (const field of fresh.querySelectorAll(".inline-field")) updateField(panel, field, isRemote);
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const old = findPart(panel, part.id);
    if (!old || looksSame(old, part)) continue;
    if (isInUse(old)) old.dataset.stale = "true";
    else replace(old, part, false);
  }
  updateComments(panel, fresh);
  return true;
}

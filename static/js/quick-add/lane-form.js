// Quick-add in a lane: in place of the link to the cell's page, for as long as something is written there.

import htmx from "../../vendor/htmx.js";
import { startBehaviours } from "../lib/behaviours.js";
import { isEscape } from "../lib/keyboard.js";
import { uuid } from "../lib/uuid.js";

function createForm({ ariaLabel, href }, { columnId, lane }) {
  const form = document.importNode(document.getElementById("lane-quick-add").content.querySelector("form"), true);
  const place = `${columnId}-${encodeURIComponent(lane)}`;
  const { title, column_id: column, lane: key, op } = form.elements;
  form.id = `add-${place}`;
  title.id = `new-${place}`;
  title.ariaLabel = ariaLabel;
  form.querySelector("[type=submit]").ariaLabel = ariaLabel.replace("a card", "the card");
  Object.assign(form.querySelector(".quick-add__several"), { href, ariaLabel: ariaLabel.replace("a card", "several cards") });
  column.value = columnId;
  key.value = lane;
  op.value = uuid();
  return form;
}

const isIdle = (form) =>
  !form.elements.title.value && !form.hasAttribute("aria-busy") && !form.querySelector(".quick-add__paste")
  && !form.contains(document.activeElement);

/** Open the quick-add of a cell, and answer its form; `link` is the one to the cell's page. */
export function openLaneForm(link) {
  const form = createForm(link, link.closest(".column").dataset);
  link.replaceWith(form);
  htmx.process(form);
  startBehaviours(form);
  const input = form.elements.title;
  input.addEventListener("keydown", (event) => {
    if (!isEscape(event) || event.defaultPrevented || input.value) return;
    event.stopPropagation();
    form.replaceWith(link);
    link.focus();
  });
  form.addEventListener("focusout", () => setTimeout(() => form.isConnected && isIdle(form) && form.replaceWith(link)));
  input.focus();
  return form;
}

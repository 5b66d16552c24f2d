// Toasts: short messages at the foot of the page, taken away when they have faded.

import { behaviour } from "./behaviours.js";
import { createElement, createIcon } from "./dom.js";

const region = document.getElementById("toasts");
const icons = { ok: "check", danger: "circle-alert", info: "info" };

behaviour("toasts", (element) => {
  element.addEventListener("animationend", (event) => {
    if (event.animationName === "toast-out") event.target.remove();
  });
});

// What is outside a modal dialog can't be clicked, so the toasts are in the one that was opened last.
const opened = [];
new MutationObserver((changes) => {
  for (const { target } of changes) {
    if (!target.matches("dialog")) continue;
    if (opened.includes(target)) opened.splice(opened.indexOf(target), 1);
    if (target.open) opened.push(target);
  }
  const home = opened.at(-1) ?? document.body;
  if (region.parentElement !== home) home.append(region);
}).observe(document, { subtree: true, attributeFilter: ["open"] });

function actionButton(shown, { label, act }) {
  const button = createElement("button", "button button--small", { type: "button", textContent: label });
  button.addEventListener("click", () => {
    shown.remove();
    act();
  });
  return button;
}

/** Show a text, and a button for an `action` {label, act} if there is one; `kind` is ok, danger or info. The same text is shown once. */
export function toast(text, kind = "info", action = null) {
  for (const other of [...region.children]) if (other.textContent.trim() === text) other.remove();
  const shown = createElement("div", `toast toast--${kind}`);
  shown.append(createIcon(icons[kind]), createElement("span", "toast__text", { textContent: text }));
  if (action) shown.append(actionButton(shown, action));
  region.append(shown);
  return shown;
}

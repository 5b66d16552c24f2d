// A file on its way, as a row: in the open card that it goes to, else in a tray at the foot of the window.

import { createElement, createIcon } from "../lib/dom.js";
import { createPopover } from "../lib/popover.js";
import { showSize } from "./names.js";

const LOOK = 500; // milliseconds between two looks whether a row's card was closed or opened
const rows = new Set();
let tray = null;
let speaker = null;

/** Tell screen readers, also where a dialog is open. */
function say(text) {
  if (!speaker) {
    speaker = createElement("p", "visually-hidden");
    speaker.setAttribute("role", "status");
  }
  const home = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  if (speaker.parentElement !== home) home.append(speaker);
  speaker.textContent = text;
}

function findTray() {
  if (tray) return tray;
  tray = createPopover("upload-tray", "manual");
  tray.setAttribute("role", "region");
  tray.ariaLabel = "Files on their way";
  tray.append(createElement("ul", "uploads"));
  return tray;
}

/** Put every row where it belongs now. */
function placeRows() {
  for (const { element, target } of rows) {
    const open = document.querySelector(`.task-panel[data-task-id="${target.taskId}"] .files__uploads`);
    const home = open ?? findTray().firstElementChild;
    if (element.parentElement !== home) home.append(element);
  }
  tray?.togglePopover(tray.firstElementChild.childElementCount > 0);
}

setInterval(() => rows.size && placeRows(), LOOK);

function createButton(icon, label, act) {
  const button = createElement("button", "button button--quiet button--icon button--small", { type: "button", ariaLabel: label, title: label });
  button.append(createIcon(icon));
  button.addEventListener("click", act);
  return button;
}

export class UploadRow {
  constructor({ name, size, target, cancel }) {
    this.name = name;
    this.size = size;
    this.target = target;
    this.element = createElement("li", "upload");
    this.note = createElement("span", "upload__note");
    this.bar = createElement("progress", "upload__bar", { max: 1, value: 0, ariaLabel: `Uploading ${name}` });
    this.actions = createElement("span", "upload__actions");
    this.close = createButton("x", `Cancel: ${name}`, cancel);
    const title = createElement("p", "upload__name");
    title.append(createElement("bdi", "", { textContent: name }), createElement("span", "upload__to", { textContent: ` to ${target.key}` }));
    const main = createElement("div", "upload__main");
    main.append(title, this.bar, this.note);
    this.actions.append(this.close);
    this.element.append(createIcon("paperclip"), main, this.actions);
    rows.add(this);
    this.wait();
    placeRows();
  }

  wait() {
    this.element.classList.remove("is-failed");
    this.retry?.remove();
    this.bar.hidden = false;
    this.bar.value = 0;
    this.note.textContent = "Waiting";
  }

  begin() {
    this.note.textContent = `0 of ${showSize(this.size)}`;
    say(`Uploading ${this.name}.`);
  }

  progress(sent, total) {
    this.bar.value = sent / total;
    this.note.textContent = sent < total ? `${showSize(Math.min(sent, this.size))} of ${showSize(this.size)}` : "Being checked";
  }

  finish(text) {
    say(text);
    this.remove();
  }

  /** Say why it failed, with a way to try again if that may help. */
  fail(why, again) {
    this.element.classList.add("is-failed");
    this.bar.hidden = true;
    this.note.textContent = why;
    say(`${this.name}: ${why}`);
    this.close.ariaLabel = this.close.title = `Dismiss: ${this.name}`;
    if (!again) return;
    this.retry = createElement("button", "button button--small", { type: "button", textContent: "Retry", ariaLabel: `Retry: ${this.name}` });
    this.retry.addEventListener("click", again);
    this.close.before(this.retry);
  }

  /** Take the row away; the focus goes to what comes next. */
  remove() {
    const hadFocus = this.element.contains(document.activeElement);
    const next = (this.element.nextElementSibling ?? this.element.previousElementSibling)?.querySelector("button");
    const section = this.element.closest(".files")?.querySelector("[data-add-files]");
    rows.delete(this);
    this.element.remove();
    placeRows();
    if (hadFocus) (next ?? section)?.focus({ preventScroll: true });
  }
}

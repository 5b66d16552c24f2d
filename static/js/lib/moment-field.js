// A field for a day or a time is text, which takes words; beside it a button opens the browser's own calendar.

import { behaviour } from "./behaviours.js";
import { createElement, createIcon } from "./dom.js";

const TIME_AT_END = /\s([0-9]{1,2}:[0-9]{2})\s*$/;

behaviour("moment-field", (frame) => {
  const field = frame.querySelector("input");
  const picker = createElement("input", "visually-hidden", { type: "date", tabIndex: -1, ariaHidden: "true" });
  const button = createElement("button", "button button--quiet button--icon", { type: "button", title: "Calendar", ariaLabel: "Calendar" });
  button.append(createIcon("calendar"));
  frame.append(picker, button);
  button.addEventListener("click", () => {
    picker.value = field.value.slice(0, 10); // empty unless it begins with a day in ISO 8601
    picker.showPicker();
  });
  picker.addEventListener("input", (event) => event.stopPropagation());
  picker.addEventListener("change", (event) => {
    event.stopPropagation();
    const time = TIME_AT_END.exec(field.value);
    field.value = [picker.value, time?.[1]].filter(Boolean).join(" ");
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
});

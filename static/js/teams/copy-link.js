// A link that stands in a field: its text is selected as a whole, and a button copies it.

import { behaviour } from "../lib/behaviours.js";

const SAID_FOR = 2500; // milliseconds

behaviour("copy-link", (frame) => {
  const field = frame.querySelector("input");
  field.addEventListener("focus", () => field.select());
  if (!navigator.clipboard) return;
  const button = document.createElement("button");
  const said = document.createElement("span");
  button.type = "button";
  button.className = "button";
  const word = document.createElement("span");
  const what = document.createElement("span");
  word.textContent = "Copy";
  what.className = "visually-hidden";
  what.textContent = ` ${frame.querySelector("label").textContent.trim()}`;
  button.append(word, what);
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      field.focus(); // selected, to be copied by hand
      return;
    }
    word.textContent = said.textContent = "Copied";
    setTimeout(() => {
      word.textContent = "Copy";
      said.textContent = "";
    }, SAID_FOR);
  });
  frame.append(button, said);
});

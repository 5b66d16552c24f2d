// "Changed by a teammate": what others did to a field that is being edited here is shown beside it, and touches nothing.

import { createElement } from "../lib/dom.js";
import { fetchJson } from "../lib/http.js";

function findNotice(form) {
  const old = form.querySelector(".inline-field__notice");
  if (old) return old;
  const notice = createElement("p", "inline-field__notice");
  notice.setAttribute("role", "status");
  form.append(notice);
  return notice;
}

function createButton(textContent, act) {
  const button = createElement("button", "link", { type: "button", textContent });
  button.addEventListener("click", act);
  // The field keeps the focus, or it would be saved by being left.
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  return button;
}

/** How the field looks now, without the control that opens its form. */
function createDrawing(fresh) {
  const drawing = createElement("span", "inline-field__remote", { tabIndex: 0, role: "group", ariaLabel: "Their text" });
  const nodes = [...(fresh.querySelector("dd") ?? fresh).cloneNode(true).childNodes];
  drawing.append(...nodes.filter((node) => !node.matches?.(".inline-field__edit")));
  return drawing;
}

/** Say beside the open form of a field that somebody changed it; `fresh` is how the field looks now. */
export async function showRemoteEdit(field, fresh) {
  const form = field.querySelector("form");
  const since = form.elements.version.value;
  const change = await fetchJson(`${form.getAttribute("action")}?since=${since}`).catch(() => null);
  if (!change || !form.isConnected || form.elements.version.value !== since) return;
  const { value, version, by } = change;
  if (!by) return; // it only looks different: nothing of it has changed since
  const notice = findNotice(form);
  const view = createButton("view", () => {
    const take = createButton("Take theirs", () => {
      if (form.elements.value instanceof HTMLElement && form.elements.value.matches("input, textarea")) form.elements.value.value = value;
      form.requestSubmit();
    });
    // The other change has been seen: saving from here on is a decision.
    form.elements.version.value = version;
    notice.replaceChildren(`Changed by ${by}`);
    if (form.dataset.control !== "choice") notice.append(take, "or go on with yours.");
    notice.append(createDrawing(fresh));
  });
  notice.replaceChildren(`Changed by ${by} · `, view);
}

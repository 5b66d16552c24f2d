// Things that float beside a card: placed within the window, above all else, closed by Escape.
{
  const GAP = 8; // pixels

  const clamp = (value, most) => Math.max(GAP, Math.min(value, most - GAP));

  /** Put an element beside ("side") or below a card, on the other side where there is no room. */
  forge.placeBeside = (element, card, how) => {
    const at = card.getBoundingClientRect();
    const { width, height } = element.getBoundingClientRect();
    let left = at.left;
    let top = at.bottom + GAP;
    if (how === "side") {
      left = at.right + GAP + width < innerWidth ? at.right + GAP : at.left - GAP - width;
      top = at.top;
    } else if (top + height > innerHeight - GAP) top = at.top - GAP - height;
    element.style.left = `${clamp(left, innerWidth - width)}px`;
    element.style.top = `${clamp(top, innerHeight - height)}px`;
  };

  /** A new element of the top layer; `kind` is auto (closes by itself on Escape and outside clicks) or manual. */
  forge.makePopover = (className, kind) => {
    const element = document.createElement("div");
    element.className = className;
    element.popover = kind;
    document.body.append(element);
    return element;
  };

  const cardOf = (taskId) => document.getElementById(`card-${taskId}`);
  const FIELDS = ".option[aria-current], .option, select, input:not([type=hidden]), textarea";
  let editor = null;
  let about = null; // {taskId, field, words} of the open editor

  function onToggle({ newState }) {
    if (newState === "open" || !about) return;
    const card = cardOf(about.taskId);
    const inside = editor.contains(document.activeElement) || document.activeElement === document.body;
    about = null;
    editor.replaceChildren();
    card?.classList.remove("is-picked");
    if (card && inside) forge.selectCard(card);
  }

  function makeEditor() {
    editor = forge.makePopover("pop", "auto");
    editor.role = "dialog";
    editor.addEventListener("toggle", onToggle);
    editor.addEventListener("change", ({ target }) => target.matches("select") && target.form.requestSubmit());
    editor.addEventListener("click", (event) => {
      if (!event.target.closest("[data-cancel]")) return;
      event.preventDefault();
      editor.hidePopover();
    });
    editor.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      editor.hidePopover();
    }, { capture: true });
    editor.addEventListener("htmx:afterSettle", () => editor.querySelector(".spot--open") && editor.querySelector(FIELDS)?.focus());
    // The server's word that the field was changed; the page needs no other.
    editor.addEventListener("forge:changed", (event) => {
      event.stopPropagation();
      const { taskId, field, words } = about;
      editor.hidePopover();
      forge.tookChange(taskId, field, event.detail, words);
    });
  }

  /** Edit one field of a card beside it, by the form that the field has anyway. */
  forge.editField = async (card, field, label) => {
    if (!editor) makeEditor();
    if (editor.matches(":popover-open")) editor.hidePopover();
    const key = card.querySelector(".card__meta .nowrap").textContent;
    const address = `${card.querySelector(".card__title").href}/fields/${field}`;
    editor.ariaLabel = `${label} of ${key}`;
    // The fields know how to be edited by themselves where the panel's code is at hand.
    const { panel, panelStyles } = card.closest(".board__columns").dataset;
    if (panel) await forge.load({ dataset: { script: panel, style: panelStyles } });
    // A field that has a name beside it is a line of a list.
    const body = document.createElement(field === "title" ? "div" : "dl");
    editor.replaceChildren(body);
    await htmx.ajax("GET", address, { target: body, swap: "innerHTML" });
    if (!body.childElementCount) return; // what went wrong has been said
    about = { taskId: card.dataset.taskId, field, words: `${label} of ${key} changed` };
    card.classList.add("is-picked");
    editor.showPopover();
    forge.placeBeside(editor, card, "below");
    const control = editor.querySelector(".option[aria-current]") ?? editor.querySelector(FIELDS);
    control?.focus();
    if (control?.matches("[type=text]")) control.select();
  };
}

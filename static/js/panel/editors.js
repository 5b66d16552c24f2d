// A field that is being edited. Lines and days are saved by Enter, by leaving, and after a pause; long texts by their button or Ctrl+Enter;
// Esc puts back what was there.
{
  const PAUSE = 3000;
  const shown = new Map(); // the field as it was shown, by its id, while its form stands there
  let returning = null; // the id of the field whose form had the focus when its answer came

  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const target = detail.target;
    if (!target.matches?.(".spot")) return;
    if (!target.querySelector(".spot__form")) shown.set(target.id, target);
    else if (target.contains(document.activeElement)) returning = target.id;
  });

  // After saving, the focus is where the field is, unless it has gone elsewhere.
  document.addEventListener("htmx:load", ({ detail }) => {
    if (detail.elt.id !== returning || detail.elt.querySelector(".spot__form")) return;
    returning = null;
    detail.elt.querySelector(".spot__edit")?.focus({ preventScroll: true });
  });

  /** The field as it was shown before its form was opened, for who wants to see what has become of it. */
  forge.shownBefore = (id) => shown.get(id);

  const leftAlone = (form) => !form.isConnected || closing.has(form) || form.hasAttribute("aria-busy");
  const closing = new WeakSet(); // taking a form away takes the focus from it, which must not close it again

  // A press that leaves a form must not find the page moved under it before it is a click.
  let pressed = false;
  const afterPress = [];
  document.addEventListener("pointerdown", () => { pressed = true; }, { capture: true });
  for (const name of ["pointerup", "pointercancel"]) {
    document.addEventListener(name, () => setTimeout(() => {
      pressed = false;
      for (const act of afterPress.splice(0)) act();
    }), { capture: true });
  }
  const onceReleased = (act) => (pressed ? afterPress.push(act) : act());

  function restore(form) {
    const spot = form.closest(".spot");
    const before = shown.get(spot?.id);
    if (!before || closing.has(form)) return;
    closing.add(form);
    const focused = spot.contains(document.activeElement);
    spot.replaceWith(before);
    htmx.process(before);
    forge.refreshTimes(before);
    if (focused) before.querySelector(".spot__edit")?.focus({ preventScroll: true });
    forge.refreshTask?.();
  }

  /** Save without closing: the form goes on with the new version and a new operation. */
  async function saveMeanwhile(form, field) {
    const value = field.value;
    try {
      const told = await forge.sendForm(form);
      form.elements.version.value = told.version;
      form.elements.op.value = forge.uuid();
      field.defaultValue = value;
      form.dataset.saved = "";
      form.querySelector("[data-draft-note]").textContent = "Saved";
      forge.refreshBoard(form.closest("[data-task-id]").dataset.taskId, told.version);
    } catch {
      // It is said when the form is closed; what was typed stays.
    }
  }

  function watchLine(form, field) {
    const initial = field.value;
    let timer = 0;
    const dirty = () => field.value !== field.defaultValue;
    const valid = () => field.checkValidity();
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => form.isConnected && dirty() && valid() && saveMeanwhile(form, field), PAUSE);
    });
    form.addEventListener("submit", () => clearTimeout(timer));
    form.addEventListener("focusout", (event) => {
      if (leftAlone(form) || form.contains(event.relatedTarget)) return;
      onceReleased(() => leave());
    });
    function leave() {
      if (leftAlone(form)) return;
      if (!document.hasFocus()) {
        if (dirty() && valid()) saveMeanwhile(form, field);
      } else if (dirty() && valid()) form.requestSubmit();
      else if (!form.querySelector("[aria-invalid], .spot__taken")) restore(form);
    }
    return () => {
      clearTimeout(timer);
      if ("saved" in form.dataset && field.value !== initial) {
        field.value = initial; // what was saved on the way is taken back too
        form.requestSubmit();
      } else restore(form);
    };
  }

  function watchText(form, field) {
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    field.setSelectionRange(field.value.length, field.value.length);
    return () => restore(form);
  }

  function watchChoice(form) {
    const options = [...form.querySelectorAll(".option")];
    (options.find((option) => option.ariaCurrent) ?? options[0])?.focus();
    const go = (step) => {
      const at = options.indexOf(document.activeElement);
      options[(at + step + options.length) % options.length].focus();
    };
    form.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") go(1);
      else if (event.key === "ArrowUp") go(-1);
      else if (event.key.length === 1 && /\S/.test(event.key) && !event.ctrlKey && !event.metaKey) {
        options.find((option) => option.textContent.trim().toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
      } else return;
      event.preventDefault();
    });
    form.addEventListener("focusout", (event) => {
      if (leftAlone(form) || form.contains(event.relatedTarget) || !document.hasFocus()) return;
      onceReleased(() => leftAlone(form) || form.querySelector(".field__error, .spot__taken") || restore(form));
    });
    return () => restore(form);
  }

  /** The days that are chosen often, as the reader's own calendar has them. */
  function setDays(form) {
    const ahead = { today: 0, tomorrow: 1, "next-week": (8 - new Date().getDay()) % 7 || 7 };
    for (const button of form.querySelectorAll("[data-day]")) {
      if (!(button.dataset.day in ahead)) continue;
      const day = new Date();
      day.setDate(day.getDate() + ahead[button.dataset.day]);
      button.value = [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
    }
  }

  const watchers = { choice: watchChoice, text: watchText };

  forge.behaviour("editor", (form) => {
    if (!form.hasAttribute("hx-post")) return; // a page of its own
    const field = form.elements.value instanceof RadioNodeList ? null : form.elements.value;
    setDays(form);
    const cancel = (watchers[form.dataset.control] ?? watchLine)(form, field);
    form.querySelector("[data-cancel]").addEventListener("click", (event) => {
      event.preventDefault();
      cancel();
    });
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      if (form.dataset.control !== "text") form.dispatchEvent(new CustomEvent("forge:forget"));
      cancel();
    });
  });
}

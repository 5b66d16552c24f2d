// Forms: one submission at a time, a busy button, a fresh operation id after each success.
{
  function setBusy(form, button, busy) {
    form.toggleAttribute("aria-busy", busy);
    if (!button) return;
    button.classList.toggle("is-busy", busy);
    button.ariaDisabled = busy ? "true" : null;
  }

  function guardAgainstDoubleSubmit(form) {
    let pending = null;
    // While capturing, so that it comes before htmx's own listener: a second submission reaches nobody.
    form.addEventListener("submit", (event) => {
      if (pending) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return;
      }
      pending = { button: event.submitter ?? form.querySelector("[type=submit]") };
      setBusy(form, pending.button, true);
    }, { capture: true });
    const release = () => {
      if (pending) setBusy(form, pending.button, false);
      pending = null;
    };
    form.addEventListener("htmx:afterRequest", release);
    form.addEventListener("forge:settled", release);
    // Back from the next page: the browser shows this one as it was left.
    window.addEventListener("pageshow", (event) => event.persisted && release());
  }

  /** A form that stays after its answer was put elsewhere is emptied, and gets a new operation id. */
  function readyForTheNext(form) {
    form.addEventListener("htmx:afterRequest", ({ detail }) => {
      if (detail.elt !== form || !detail.successful || !form.isConnected || detail.xhr.status >= 400) return;
      form.reset();
      const operation = form.querySelector("[name=op]");
      if (operation) operation.value = forge.uuid();
      form.dispatchEvent(new CustomEvent("forge:sent"));
    });
  }

  forge.behaviour("form", (form) => {
    guardAgainstDoubleSubmit(form);
    if (form.hasAttribute("hx-post")) readyForTheNext(form);
    if (form.hasAttribute("data-forget")) form.addEventListener("submit", () => forge.forgetDrafts());
  });

  forge.behaviour("quick-add", (form) => {
    guardAgainstDoubleSubmit(form);
    readyForTheNext(form);
    form.addEventListener("forge:sent", () => {
      form.previousElementSibling?.querySelector(".card:last-of-type")?.scrollIntoView({ block: "nearest" });
      form.elements.title.focus();
    });
    form.addEventListener("keydown", (event) => event.key === "Escape" && document.activeElement.blur());
  });

  forge.behaviour("autosubmit", (form) => {
    form.addEventListener("change", () => form.requestSubmit());
  });

  forge.behaviour("conflict", (form) => {
    form.addEventListener("click", (event) => {
      const button = event.target.closest("[data-take]");
      if (!button) return;
      const yours = document.getElementById(button.dataset.take);
      yours.value = button.parentElement.querySelector("[data-theirs]").dataset.theirs;
      yours.focus();
    });
  });

  // A form that came back with errors: go to the first of them.
  forge.focusFirstError = (root) => root.querySelector("form [aria-invalid=true]")?.focus();
}

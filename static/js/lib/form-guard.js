// One submission at a time, a busy button, and a fresh operation id after each success.

import { uuid } from "./uuid.js";

function setBusy(form, button, busy) {
  form.toggleAttribute("aria-busy", busy);
  if (!button) return;
  button.classList.toggle("is-busy", busy);
  button.ariaDisabled = busy ? "true" : null;
}

/** Refuse a second submission until the first is answered, and show that it is under way. */
export function guardAgainstDoubleSubmit(form) {
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
  form.addEventListener("forge:form-settled", release);
  // Back from the next page: the browser shows this one as it was left.
  window.addEventListener("pageshow", (event) => event.persisted && release());
}

/** A form that stays after its answer was put elsewhere is emptied, and gets a new operation id. */
export function resetAfterSuccess(form) {
  form.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.elt !== form || !detail.successful || !form.isConnected || detail.xhr.status >= 400) return;
    form.reset();
    const operation = form.querySelector("[name=op]");
    if (operation) operation.value = uuid();
    form.dispatchEvent(new CustomEvent("forge:form-sent"));
  });
}

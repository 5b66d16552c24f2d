// Toasts: taken away when they have faded; failures of htmx requests become one.
{
  const region = document.getElementById("toasts");
  const kinds = { ok: "check", danger: "circle-alert", info: "info" };

  forge.behaviour("toasts", (element) => {
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

  function actionButton(toast, { label, act }) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--small";
    button.textContent = label;
    button.addEventListener("click", () => {
      toast.remove();
      act();
    });
    return button;
  }

  /** Show a text, and a button for an `action` {label, act} if there is one; `kind` is ok, danger or info. */
  forge.toast = (text, kind = "info", action = null) => {
    const toast = document.createElement("div");
    toast.className = `toast toast--${kind}`;
    const icon = document.createElement("span");
    icon.className = `icon icon--${kinds[kind]}`;
    icon.ariaHidden = "true";
    const words = document.createElement("span");
    words.className = "toast__text";
    words.textContent = text;
    toast.append(icon, words);
    if (action) toast.append(actionButton(toast, action));
    region.append(toast);
    return toast;
  };

  const told = (xhr) => xhr?.getResponseHeader("HX-Retarget") === "#toasts";
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.xhr.status >= 400 && told(detail.xhr)) detail.shouldSwap = true;
  });
  document.addEventListener("htmx:responseError", ({ detail }) => {
    if (told(detail.xhr)) return;
    const status = detail.xhr.status;
    if (status === 401) location.reload();
    else if (status === 429) forge.toast("Too many requests. Wait a moment and try again.", "danger");
    else if (status !== 503 || detail.requestConfig.verb !== "get") forge.toast("That did not work, and nothing was changed. Please try again.", "danger");
  });
  document.addEventListener("htmx:sendError", ({ detail }) => {
    if (detail.requestConfig.verb !== "get") forge.toast("No connection. What you typed is still here.", "danger");
  });
}

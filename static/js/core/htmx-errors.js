// Failures of htmx requests become toasts, unless the server has sent one.

import { goToLogIn } from "../lib/http.js";
import { toast } from "../lib/toast.js";

const FAILED = "That did not work, and nothing was changed. Please try again.";
const isServerToast = (xhr) => xhr?.getResponseHeader("HX-Retarget") === "#toasts";

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.xhr.status >= 400 && isServerToast(detail.xhr)) detail.shouldSwap = true;
});
document.addEventListener("htmx:responseError", ({ detail }) => {
  if (isServerToast(detail.xhr)) return;
  const status = detail.xhr.status;
  if (status === 401) goToLogIn();
  else if (status === 429) toast("Too many requests. Wait a moment and try again.", "danger");
  else if (status !== 503 || detail.requestConfig.verb !== "get") toast(FAILED, "danger");
});
document.addEventListener("htmx:sendError", ({ detail }) => {
  if (detail.requestConfig.verb !== "get") toast("No connection. What you typed is still here.", "danger");
  else if (detail.elt.matches("a")) toast("No connection, so this can’t be opened.", "danger");
});

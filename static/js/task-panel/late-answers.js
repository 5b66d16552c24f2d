// An answer may come when what asked for it has left the page. htmx tells that alone, where nobody hears it: the page hears it by this.

import { parseHtml } from "../lib/dom.js";
import { toast } from "../lib/toast.js";

const NOT_SENT = "No connection, so what you did may not be saved.";

const tellPage = ({ type, detail }) => document.dispatchEvent(new CustomEvent(type, { detail }));

function takeAnswer(event) {
  tellPage(event);
  const { xhr } = event.detail;
  if (xhr.getResponseHeader("HX-Retarget") !== "#toasts") return;
  event.preventDefault(); // htmx would look for the toasts beside what asked, and throw
  document.getElementById("toasts").append(parseHtml(xhr.response));
}

const takers = {
  "htmx:beforeOnLoad": takeAnswer,
  "htmx:responseError": tellPage,
  "htmx:sendError": ({ detail }) => detail.requestConfig.verb === "get" || toast(NOT_SENT, "danger"),
  "forge:task-changed": tellPage,
  "forge:done": tellPage,
};

function takeLate(event) {
  const { type, target, currentTarget } = event;
  if (target === currentTarget && !target.isConnected && !event.defaultPrevented) takers[type](event);
}

document.addEventListener("htmx:beforeRequest", ({ target }) => {
  for (const type of Object.keys(takers)) target.addEventListener(type, takeLate);
});

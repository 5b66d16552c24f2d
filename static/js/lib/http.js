// Requests by script: parts of pages, JSON, changes. The only module that reads the CSRF token.

import { whenKept } from "./offline.js";
import { toast } from "./toast.js";

export const TIMEOUT = 15_000; // milliseconds
/** Bytes of a request that may outlive its page; browsers refuse longer ones. */
export const MAX_KEPT_ALIVE = 60_000;

const csrfToken = () => document.querySelector("meta[name=csrf-token]").content;
/** The headers of a change by script, which is answered as JSON. */
export const jsonHeaders = () => ({ Accept: "application/json", "X-CSRFToken": csrfToken() });
/** An Error about an `answer`, with its status. */
export const statusError = (message, answer) => Object.assign(new Error(message), { status: answer.status, redirected: answer.redirected, answer });

let loggedOut = false;
/** Whether this page is being left because nobody is logged in any more. */
export const isLoggedOut = () => loggedOut;

/** Go to the log-in, which says why and leads back here, when all is kept that is to be sent after it. */
export async function goToLogIn() {
  loggedOut = true;
  await whenKept();
  location.assign(`/login?ended=1&next=${encodeURIComponent(location.pathname + location.search)}`);
}

/** Go to a page unless the server can't be reached: then this page stays, and says so. */
export async function visit(address) {
  try {
    await fetch(address, { method: "HEAD", signal: AbortSignal.timeout(TIMEOUT) });
    location.assign(address);
  } catch {
    toast("No connection, so this can’t be opened.", "danger");
  }
}

/** A part of a page as HTML. Throws an Error with `status` for a refusal, and for a redirect (to the log-in, say). */
export async function fetchHtml(address, { signal } = {}) {
  const answer = await fetch(address, { headers: { "HX-Request": "true" }, signal });
  if (!answer.ok || answer.redirected) throw statusError(`status ${answer.status}`, answer);
  return answer.text();
}

/** What an address answers as JSON. Throws an Error with `status` for a refusal. */
export async function fetchJson(address, { signal } = {}) {
  const answer = await fetch(address, { headers: { Accept: "application/json" }, signal });
  if (!answer.ok) throw statusError(`status ${answer.status}`, answer);
  return answer.json();
}

/** Send fields: what is sent arrives although the page is left meanwhile, unless it is long. Rejected when it can't be sent. */
export function postInBackground(address, fields, signal) {
  const body = new URLSearchParams(fields);
  const headers = { ...jsonHeaders(), "HX-Current-URL": location.href }; // as htmx sends it
  return fetch(address, { method: "POST", keepalive: `${body}`.length < MAX_KEPT_ALIVE, headers, body, signal });
}

/** Send fields, and wait `timeout` milliseconds: {status, body}. Status 0: no answer came; body null: no JSON came. Status 401, or none
    while the page is left for the log-in: the caller may keep the fields for the next page. */
export async function post(address, fields, timeout = TIMEOUT) {
  let status = 0;
  let body = null;
  try {
    const answer = await postInBackground(address, fields, AbortSignal.timeout(timeout));
    status = answer.status;
    body = await answer.json();
  } catch {
    if (loggedOut) status = 401;
  }
  if (status === 401) goToLogIn(); // after the last wait: the caller still has its turn on this page
  return { status, body };
}

/** Send fields by a full page load, as a form of the page would. */
export function submitByPageLoad(address, fields) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = address;
  for (const [name, value] of Object.entries({ csrf_token: csrfToken(), ...fields })) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(form);
  form.submit();
}

// Requests by script: parts of pages, JSON, changes. The only module that reads the CSRF token.

const TIMEOUT = 15_000; // milliseconds
const FAILED = "That did not work, and nothing was changed. Please try again.";

const csrfToken = () => document.querySelector("meta[name=csrf-token]").content;
const jsonHeaders = () => ({ Accept: "application/json", "X-CSRFToken": csrfToken() });
const statusError = (message, answer) => Object.assign(new Error(message), { status: answer.status, redirected: answer.redirected });

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

/** Send fields, and wait `timeout` milliseconds: {status, body}. Status 0: no answer came; body null: no JSON came. */
export async function post(address, fields, timeout = TIMEOUT) {
  let status = 0;
  try {
    const answer = await fetch(address, {
      method: "POST",
      headers: { ...jsonHeaders(), "HX-Current-URL": location.href }, // as htmx sends it
      body: new URLSearchParams(fields),
      signal: AbortSignal.timeout(timeout),
    });
    status = answer.status;
    return { status, body: await answer.json() };
  } catch {
    return { status, body: null };
  }
}

/** Send fields whose answer nobody waits for; it goes on while the page is being left. Rejected when it can't be sent. */
export const postInBackground = (address, fields) =>
  fetch(address, { method: "POST", keepalive: true, headers: jsonHeaders(), body: new URLSearchParams(fields) });

/** Send a form's fields; answers {version, event}, or throws an Error with the server's sentence and `status`. */
export async function submitForm(form) {
  const answer = await fetch(form.action, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: new URLSearchParams(new FormData(form)),
  });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw statusError(body.error?.message ?? FAILED, answer);
  return body;
}

/** Send a form's fields as htmx does, for an answer in HTML: the Response. */
export const submitFormForHtml = (form, submitter) =>
  fetch(form.action, { method: "POST", headers: { "HX-Request": "true" }, body: new URLSearchParams(new FormData(form, submitter)) });

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

// Sending a form of an open task without htmx.

import { settleDraft } from "../lib/drafts.js";
import { MAX_KEPT_ALIVE, TIMEOUT, goToLogIn, statusError } from "../lib/http.js";

const FAILED = "That did not work, and nothing was changed. Please try again.";
const NO_CONNECTION = "No connection. What you typed is still here.";

/** Send a form's fields; answers {version, event}, or throws an Error with a sentence and `status`, 0 where no answer came. What was
    carried out is no draft any more. */
export async function submitForm(form, submitter = null) {
  const fields = new URLSearchParams(new FormData(form, submitter));
  const keepalive = fields.toString().length < MAX_KEPT_ALIVE;
  const signal = AbortSignal.timeout(TIMEOUT); // others wait for their turn behind it
  const request = { method: "POST", keepalive, headers: { Accept: "application/json" }, body: fields, signal };
  const answer = await fetch(form.getAttribute("action"), request).catch(() => {
    throw statusError(NO_CONNECTION, { status: 0 });
  });
  const body = await answer.json().catch(() => null);
  if (answer.status === 401) goToLogIn();
  if (!answer.ok || !body) throw statusError(body?.error?.message ?? FAILED, answer);
  settleDraft(form, fields.get("op"));
  return body;
}

import { settleDraft } from "../lib/drafts.js";
import { goToLogIn } from "../lib/http.js";

/** Send a form's fields as htmx does, for an answer in HTML: the Response. */
export async function submitFormForHtml(form, submitter) {
  const fields = new URLSearchParams(new FormData(form, submitter));
  const answer = await fetch(form.getAttribute("action"), { method: "POST", headers: { "HX-Request": "true" }, body: fields });
  if (answer.status === 401) goToLogIn();
  if (answer.headers.get("X-Operation") === fields.get("op")) settleDraft(form, fields.get("op"));
  return answer;
}

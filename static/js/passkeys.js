// Passkeys: buttons (data-passkey) that send their form with what the browser's WebAuthn answers. Needs no other script.

const FAILED = "That did not work. Try it again, or use another way.";
const CANCELLED = "Nothing was done: the passkey was not given.";
const KNOWN = "This device has a passkey for you already.";

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const withBytes = (each) => ({ ...each, id: toBytes(each.id) });

async function create(button) {
  const options = JSON.parse(button.dataset.options);
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      user: withBytes(options.user),
      excludeCredentials: (options.excludeCredentials ?? []).map(withBytes),
    },
  });
  const { attestationObject, clientDataJSON } = made.response;
  return answerOf(made, { attestationObject: toText(attestationObject), clientDataJSON: toText(clientDataJSON) });
}

async function get(button) {
  const answer = await fetch(button.dataset.optionsUrl, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const { options, token } = await answer.json();
  button.form.querySelector("[data-passkey-token]").value = token;
  const given = await navigator.credentials.get({
    publicKey: { ...options, challenge: toBytes(options.challenge), allowCredentials: (options.allowCredentials ?? []).map(withBytes) },
  });
  const { authenticatorData, clientDataJSON, signature, userHandle } = given.response;
  return answerOf(given, {
    authenticatorData: toText(authenticatorData),
    clientDataJSON: toText(clientDataJSON),
    signature: toText(signature),
    userHandle: userHandle ? toText(userHandle) : null,
  });
}

const answerOf = (credential, response) =>
  JSON.stringify({ id: credential.id, rawId: toText(credential.rawId), type: credential.type, response, clientExtensionResults: {} });

const sentence = (error) => (error.name === "NotAllowedError" ? CANCELLED : error.name === "InvalidStateError" ? KNOWN : FAILED);

async function send(form, button) {
  const problem = form.querySelector("[data-passkey-problem]");
  button.disabled = true;
  problem.hidden = true;
  try {
    form.querySelector("[data-passkey-answer]").value = await (button.dataset.passkey === "create" ? create(button) : get(button));
    form.submit();
  } catch (error) {
    problem.firstElementChild.textContent = sentence(error);
    problem.hidden = false;
    button.disabled = false;
  }
}

if (window.PublicKeyCredential) {
  document.getElementById("passkeys-need-script")?.remove();
  for (const way of document.querySelectorAll("[data-passkey-way]")) way.hidden = false;
  // Before the page's guard against sending twice, which would take the form for sent.
  document.addEventListener(
    "submit",
    (event) => {
      if (!event.submitter?.dataset.passkey) return;
      event.preventDefault();
      event.stopPropagation();
      send(event.target, event.submitter);
    },
    true,
  );
}

// A button beside every password field that shows what was typed. Needs no other script; without it a field is as ever.

// While one is shown its form must still be known as one with a password, of which no draft is kept.
function makeMark() {
  return Object.assign(document.createElement("input"), { type: "password", hidden: true, disabled: true });
}

function addButton(field) {
  const button = document.createElement("button");
  const what = document.createElement("span");
  const verb = document.createTextNode("Show");
  const mark = makeMark();
  const hide = () => set(false);

  function set(isShown) {
    verb.data = isShown ? "Hide" : "Show";
    if (isShown) field.after(mark);
    field.type = isShown ? "text" : "password";
    if (!isShown) mark.remove();
  }

  button.type = "button";
  button.className = "button field__show";
  what.className = "visually-hidden";
  what.textContent = ` ${field.labels[0].textContent.trim().toLowerCase()}`;
  button.append(verb, what);
  button.addEventListener("click", () => set(field.type === "password"));
  field.after(button);
  field.spellcheck = false;
  field.autocapitalize = "none";
  // What is sent, or left, is a password again: a browser remembers what stood in a text field.
  field.form.addEventListener("submit", hide);
  window.addEventListener("pagehide", hide);
}

for (const field of document.querySelectorAll("main input[type=password]:not([hidden])")) addButton(field);

// Chips below a quick-add field: what the line says so far, as the server will read it.
{
  const PAUSE = 90; // milliseconds after the last key
  const WHY = {
    unknown: (word) => `${word}: nobody goes by that name`,
    ambiguous: (word) => `${word}: more than one person`,
    second: (word) => `${word}: stays in the title`,
    full: (word) => `${word}: too many tags`,
  };
  let names = { people: [], tags: [] };
  let asked = null;

  async function ask() {
    try {
      const answer = await fetch(document.getElementById("quick-add-code").dataset.names, { headers: { Accept: "application/json" } });
      if (answer.ok) names = await answer.json();
    } catch {
      asked = null; // the next field asks again
    }
  }

  const dayNames = new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });
  const dayName = (day) => dayNames.format(new Date(`${day}T00:00:00Z`));

  function chip(kind, icon, text) {
    const made = document.createElement("span");
    made.className = "chip";
    const glyph = document.createElement("span");
    glyph.className = `icon icon--${icon}`;
    glyph.ariaHidden = "true";
    const hidden = document.createElement("span");
    hidden.className = "visually-hidden";
    hidden.textContent = `${kind} `;
    const shown = document.createElement("bdi");
    shown.textContent = text;
    made.append(glyph, hidden, shown);
    return made;
  }

  function chipsOf({ assignee, priority, tags, due, notes }) {
    return [
      ...(assignee ? [chip("Assignee", "user-round", assignee.display_name)] : []),
      ...(priority ? [chip("Priority", `priority-${priority}`, priority)] : []),
      ...(due ? [chip("Due", "calendar", dayName(due))] : []),
      ...tags.map((tag) => chip("Tag", "tag", tag)),
      ...notes.map(({ kind, word }) => {
        const made = chip("Note", "info", WHY[kind](word));
        made.classList.add("quick-add__note");
        return made;
      }),
    ];
  }

  function makeHint(form) {
    const hint = document.createElement("p");
    hint.className = "quick-add__hint";
    hint.id = `hint-${form.id}`;
    hint.append("Try ");
    for (const [sign, what] of [["@name", "assignee"], ["!3", "priority"], ["#tag", "tag"], ["fri", "due"]]) {
      const code = document.createElement("code");
      code.textContent = sign;
      code.title = what;
      hint.append(code, " ");
    }
    return hint;
  }

  function makeSaid() {
    const said = document.createElement("div");
    said.className = "quick-add__said";
    said.setAttribute("aria-live", "polite");
    return said;
  }

  /** Show what a form's line says while it is typed, offer names, and cards for pasted lines. Called once for a form. */
  forge.readWhileTyping = (form) => {
    const input = form.elements.title;
    const said = makeSaid();
    const hint = makeHint(form);
    form.append(said, hint);
    form.classList.add("is-live");
    input.setAttribute("aria-describedby", [input.getAttribute("aria-describedby"), hint.id].filter(Boolean).join(" "));
    let shown = "";
    let timer = 0;
    const show = () => {
      const found = forge.parseLine(input.value, names.people, forge.today());
      found.notes = found.notes.filter(({ word }) => !forge.isUnfinished(input, word));
      const state = JSON.stringify({ ...found, title: "" });
      if (state === shown) return;
      shown = state;
      said.replaceChildren(...chipsOf(found));
    };
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(show, PAUSE);
    };
    input.addEventListener("input", soon);
    form.addEventListener("reset", () => setTimeout(show));
    form.addEventListener("forge:sent", () => { asked = null; });
    input.addEventListener("focus", () => { asked ??= ask().then(show); });
    asked ??= ask();
    asked.then(show);
    forge.suggestNames(input, () => names);
    forge.offerManyOnPaste(form);
    show();
  };
}

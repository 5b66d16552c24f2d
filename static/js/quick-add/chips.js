// Chips below a quick-add field: what the line says so far, as the server will read it.
{
  const PAUSE = 90; // milliseconds after the last key
  const WHY = {
    unknown: (word) => `${word}: nobody goes by that name`,
    ambiguous: (word) => `${word}: more than one person`,
    second: (word) => `${word}: stays in the title`,
    full: (word) => `${word}: too many tags`,
  };
  let people = [];
  let tags = []; // that the server told of,
  const used = new Map(); // and those that were written here since, by how they are compared
  let asked = null;
  let asking = false;

  async function ask() {
    asking = true;
    try {
      const answer = await fetch(document.getElementById("quick-add-code").dataset.names, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
      ({ people, tags } = await answer.json());
    } catch {
      asked = null; // the next field asks again
    } finally {
      asking = false;
    }
  }

  const known = () => {
    const told = new Set(tags.map(forge.plainName));
    const more = [...used].filter(([plain]) => !told.has(plain)).map(([, tag]) => tag);
    return { people, tags: more.length ? [...tags, ...more].sort() : tags };
  };

  /** Cards were made of these lines: their tags are known at once; what else is new on the board, the next field asks. */
  forge.learnTags = (lines) => {
    for (const line of lines) for (const tag of forge.parseLine(line, people, forge.today()).tags) used.set(forge.plainName(tag), tag);
    asked = null;
  };

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
      const found = forge.parseLine(input.value, people, forge.today());
      found.notes = found.notes.filter(({ word }) => !forge.isUnfinished(input, word));
      const state = JSON.stringify({ ...found, title: "" });
      if (state === shown) return;
      shown = state;
      said.replaceChildren(...chipsOf(found));
      forge.placeSuggestions();
    };
    const soon = () => {
      clearTimeout(timer);
      timer = setTimeout(show, PAUSE);
    };
    // The names may arrive after the word that wants one of them was begun.
    const learn = async (late = !asked || asking) => {
      await (asked ??= ask());
      show();
      if (late) forge.suggestAgain(input, known());
    };
    let sent = "";
    input.addEventListener("input", soon);
    form.addEventListener("reset", () => setTimeout(show));
    form.addEventListener("submit", () => { sent = input.value; });
    form.addEventListener("forge:sent", () => forge.learnTags([sent]));
    input.addEventListener("focus", () => learn());
    forge.suggestNames(input, known);
    forge.offerManyOnPaste(form);
    learn(true);
    show();
  };
}

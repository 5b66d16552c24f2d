// What can be done with a card, by name: the keys of the board and the command palette do the same.
{
  const LABELS = { title: "Title", assignee: "Assignee", tags: "Tags", due: "Due date", column: "Column" };
  const me = () => document.getElementById("palette").dataset;
  const meta = (card) => card.querySelector(".card__meta");

  function paintPriority(card, priority) {
    meta(card).querySelector(".fact--glyph")?.remove();
    if (priority === "medium") return;
    const glyph = document.createElement("span");
    glyph.className = `fact fact--glyph icon--priority-${priority}`;
    glyph.title = priority;
    glyph.textContent = priority;
    meta(card).querySelector(".nowrap").after(glyph);
  }

  function paintAssignee(card, { name, initials, hue }) {
    meta(card).querySelector(".avatar")?.remove();
    const avatar = document.createElement("span");
    avatar.className = "avatar";
    avatar.dataset.hue = hue;
    avatar.role = "img";
    avatar.ariaLabel = name;
    avatar.title = name;
    avatar.textContent = initials;
    meta(card).append(avatar);
  }

  function sendForm(address, fields) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = address;
    const csrf_token = document.querySelector("meta[name=csrf-token]").content;
    for (const [name, value] of Object.entries({ csrf_token, op: forge.uuid(), ...fields })) {
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    }
    document.body.append(form);
    form.submit();
  }

  const addressOf = (card) => card.querySelector(".card__title").href;
  const editor = (field) => (card) => forge.editField(card, field, LABELS[field]);

  forge.acts = {
    open: (card) => card.querySelector(".card__title").click(),
    edit: (card) => location.assign(`${addressOf(card)}/edit`),
    peek: (card) => forge.togglePeek(card),
    move: (card) => card.querySelector(".card__move").click(),
    send: (card, columnId) => forge.sendCard(card, columnId),
    title: editor("title"),
    assignee: editor("assignee"),
    tags: editor("tags"),
    due: editor("due"),
    column: editor("column"),
    priority: (card, priority) => forge.changeField(card, "priority", priority, {
      words: `priority ${priority}`,
      paint: (shown) => paintPriority(shown, priority),
    }),
    assign: (card, person) => forge.changeField(card, "assignee", person.id, {
      words: `assigned to ${person.name}`,
      paint: (shown) => paintAssignee(shown, person),
    }),
    mine: (card) => forge.acts.assign(card, { id: me().userId, name: me().userName, initials: me().userInitials, hue: me().userHue }),
    trash: (card) => sendForm(`${addressOf(card)}/delete`, { version: card.dataset.version }),
    copy: async (card) => {
      await navigator.clipboard.writeText(addressOf(card));
      forge.toast("Link copied", "ok");
    },
  };
}

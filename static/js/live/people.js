// People: who else has this board open, and the names behind the ids that changes carry.
{
  const SHOWN = 3;
  const known = new Map(); // by id: {name, initials, hue}
  const place = document.getElementById("board-here");
  let asked = null;

  forge.me = place.dataset.me;

  function askAll() {
    asked ??= fetch(place.dataset.peopleUrl, { headers: { Accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : {}))
      .then((people) => Object.entries(people).forEach(([id, person]) => known.set(id, person)))
      .catch(() => { asked = null; });
    return asked;
  }

  /** Who somebody is: {name, initials, hue}; null for somebody who is not in the team any more. */
  forge.whoIs = async (id) => {
    if (id && !known.has(id)) await askAll();
    return known.get(id) ?? null;
  };

  function avatar({ initials, hue }) {
    const element = document.createElement("span");
    element.className = "avatar avatar--here";
    element.dataset.hue = hue;
    element.textContent = initials;
    return element;
  }

  /** Show who is here besides oneself; `count` counts everybody, also those who are not named. */
  forge.showHere = ({ people, count }) => {
    for (const { id, ...person } of people) known.set(id, person);
    const others = people.filter(({ id }) => id !== forge.me);
    const total = Math.max(others.length, count - 1);
    const shown = others.slice(0, total > SHOWN + 1 ? SHOWN : SHOWN + 1);
    const rest = total - shown.length;
    const names = others.map(({ name }) => name);
    if (total > others.length) names.push(`${total - others.length} more`);
    place.replaceChildren(...shown.map(avatar));
    if (rest > 0) {
      const more = document.createElement("span");
      more.className = "avatar avatar--here avatar--more";
      more.textContent = `+${rest}`;
      place.append(more);
    }
    place.ariaLabel = `Also here: ${names.join(", ")}`;
    place.title = place.ariaLabel;
    place.hidden = !total;
  };
}

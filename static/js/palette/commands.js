// The commands of a page. Nothing is offered here that has no control of its own somewhere: most of them are those controls.

let board = null; // the commands of a board's page

/** Register the commands of a board: {card, people, places, create}. */
export function registerBoardCommands(commands) {
  board = commands;
}

/** The words of a control, without its keys and numbers. */
export function wordsOf(element) {
  const copy = element.cloneNode(true);
  for (const extra of copy.querySelectorAll("kbd, .bar__count, .visually-hidden")) extra.remove();
  return (element.getAttribute("aria-label") ?? copy.textContent).trim();
}

/** The name of the icon in an element, else `fallback`. */
export const iconOf = (element, fallback) =>
  [...(element.querySelector(".icon")?.classList ?? [])].find((name) => name.startsWith("icon--"))?.slice("icon--".length) ?? fallback;

/** A command that does what a click on a control does. */
export const clickCommand = (section, note, words, element, icon) => ({
  section, note, words, icon: iconOf(element, icon), keys: element.dataset.key ?? "", url: element.href, run: () => element.click(),
});

const all = (selector) => [...document.querySelectorAll(selector)];

/** The buttons of an open task. */
const taskCommands = () => all(".task__head :is(a.button, button)").map((element) =>
  clickCommand("card", "", wordsOf(element), element, "arrow-right"));

const barCommands = () => all(".bar__nav a, .bar > a.bar__link, .bar .menu__item[href]").map((element) =>
  clickCommand("go", "", `Go to ${wordsOf(element)}`, element, element.dataset.key === "g b" ? "square-kanban" : "users"));

const helpCommands = () => all("[data-open=shortcuts-help]").map((element) =>
  clickCommand("go", "", "Keyboard shortcuts", element, "keyboard"));

/** The id of the team that the page is about; "" where it is about none. */
function currentTeam() {
  const page = document.querySelector(".crumbs a[href*='/teams/']")?.pathname ?? location.pathname;
  return /^\/teams\/([0-9a-f-]{36})/.exec(page)?.[1] ?? "";
}

/** The name of a board that is to be made, as in "new board Autumn fair". */
export const newBoardName = (typed) => /^new board:? +(.+)/i.exec(typed)?.[1];

function createCommands(typed) {
  const [boards, teams] = ["g b", "g t"].map((keys) => document.querySelector(`.bar [data-key="${keys}"]`)?.href);
  const name = newBoardName(typed);
  const newBoard = (fields) => `${boards}?${new URLSearchParams({ new: currentTeam(), ...fields })}`;
  const newTeam = `${teams}#team-form`;
  const command = { section: "create", note: "", keys: "" };
  return [
    name && { ...command, sure: true, icon: "square-kanban", words: `Create board “${name}”`, url: newBoard({ name }) },
    { ...command, icon: "square-kanban", words: "New board", url: newBoard({}) },
    { ...command, icon: "users", words: "New team", url: newTeam, run: () => location.assign(newTeam) },
  ];
}

/** All commands of the page for the card that was selected (or null) and what is typed. */
export const listCommands = (card, typed) => [
  ...(card && board ? board.card(card) : taskCommands()),
  ...barCommands(),
  ...(board?.places() ?? []),
  ...helpCommands(),
  ...(board?.create(card, typed) ?? []),
  ...createCommands(typed),
].filter(Boolean);

/** Commands for people that the server found, about the selected card. */
export const listPeopleCommands = (card, people) => (card && board ? board.people(card, people) : []);

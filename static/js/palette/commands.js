// The commands of a page. Nothing is offered here that has no control of its own somewhere: most of them are those controls.

let board = null; // the commands of a board's page

/** Register the commands of a board: {card, people, places, create}. */
export function registerBoardCommands(commands) {
  board = commands;
}

/** The words of a control, without its keys and numbers. */
export function wordsOf(element) {
  const copy = element.cloneNode(true);
  for (const extra of copy.querySelectorAll("kbd, .bar__count, .visually-hidden, :scope > .muted")) extra.remove();
  return (element.getAttribute("aria-label") ?? copy.textContent).trim();
}

/** The name of the icon in an element, else `fallback`. */
export const iconOf = (element, fallback) =>
  [...(element.querySelector(".icon")?.classList ?? [])].find((name) => name.startsWith("icon--"))?.slice("icon--".length) ?? fallback;

/** A command that does what a click on a control does; `data-also` holds further words by which it is found. */
export const clickCommand = (section, note, words, element, icon) => ({
  section,
  note,
  words,
  also: element.dataset.also,
  icon: iconOf(element, icon),
  keys: element.dataset.key ?? "",
  url: element.href,
  run: () => element.click(),
});

const all = (selector) => [...document.querySelectorAll(selector)];

/** The buttons of an open task, and its fields. */
const taskCommands = () => all(".task__head :is(a.button, button), .inline-field__edit, .properties__foot [data-also]").map((element) =>
  clickCommand("card", "", wordsOf(element), element, "arrow-right"));

function accountCommands() {
  const profile = document.querySelector(".bar .menu__item[href$='/profile']");
  const theme = { section: "go", note: "Preferences", keys: "", icon: "sun-moon", words: "Change the theme", also: "appearance dark light" };
  const tokens = { section: "go", note: "Profile", keys: "", icon: "terminal", words: "Go to API tokens", also: "program script bearer" };
  const data = { ...tokens, icon: "user-round", words: "Your data", also: "export download archive account" };
  return [
    profile && { ...theme, url: `${profile.href}/preferences#theme-label` },
    profile && { ...theme, icon: "clock", words: "Change time zone and weeks", also: "first day monday sunday", url: `${profile.href}/preferences#time_zone` },
    profile && { ...tokens, url: `${profile.href}/tokens` },
    profile && { ...data, url: `${profile.href}/data` },
    profile && { ...tokens, icon: "key-round", words: "Two-factor log-in and passkeys", also: "authenticator recovery codes security", url: `${profile.href}/two-factor` },
    profile && { ...tokens, icon: "key-round", words: "Change your password", also: "security", url: `${profile.href}/password` },
    profile && { ...data, words: "Change your e-mail address", also: "mail confirm", url: `${profile.href}/address` },
    ...all(".bar form .menu__item").map((element) => ({ ...clickCommand("go", "", wordsOf(element), element, "log-out"), also: "sign out" })),
  ];
}

const barCommands = () => [
  ...all(".bar__nav a, .bar > a.bar__link, .bar .menu__item[href]").map((element) =>
    clickCommand("go", "", `Go to ${wordsOf(element)}`, element, element.dataset.key === "g b" ? "square-kanban" : "users")),
  ...accountCommands(),
];

const CONTROLS = "a[href], button, input:not([type=hidden]), select, summary, textarea";

/** Bring a part of the page into view, opened, with the focus in it. */
function showSection(section) {
  section.scrollIntoView({ block: "start" });
  const first = section.querySelector(CONTROLS);
  if (first?.matches("summary") && !first.parentElement.open) first.click();
  else first?.focus({ preventScroll: true });
}

/** What a page other than a board has: the buttons of its head, what has a key, and its parts. */
function pageCommands() {
  const title = document.querySelector("main h1")?.textContent.trim() ?? "";
  const controls = all("main .page__head :is(a.button, button), main [data-key]").filter((element) => !element.closest(".task__head"));
  const sections = all("main section").filter((section) => section.querySelector("h2"));
  return [
    ...controls.map((element) => clickCommand("go", title, wordsOf(element), element, "arrow-right")),
    ...sections.map((section) => {
      const heading = section.querySelector("h2");
      const command = clickCommand("go", title, wordsOf(heading), heading, "arrow-down");
      return { ...command, run: () => showSection(section) };
    }),
  ];
}

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
  ...(board?.places() ?? pageCommands()),
  ...helpCommands(),
  ...(board?.create(card, typed) ?? []),
  ...createCommands(typed),
].filter(Boolean);

/** Commands for people that the server found, about the selected card. */
export const listPeopleCommands = (card, people) => (card && board ? board.people(card, people) : []);

"""Every page and state that a person meets, by name: how it is opened from nothing but a log-in."""

from __future__ import annotations

from itertools import count

from playwright.sync_api import Page

from tests.e2e.scene import Scene, at, go, select
from tests.e2e.scenes_of_accounts import MEMBERS_ACCOUNT, VISITORS_ACCOUNT
from tests.e2e.scenes_of_admin import ADMINISTRATION
from tests.e2e.scenes_of_many import bulk, bulk_menu, bulk_page, lanes, lanes_quick_add, lanes_typed
from tests.e2e.scenes_of_teams import TEAMS
from tests.e2e.test_drag import grab
from tests.e2e.test_quick_add import PASTE, SEVEN
from tests.e2e.world import TITLE, World

_number = count(1)


def card(page: Page) -> object:
    return page.locator(".card", has_text=TITLE).first


def picture_refused(page: Page, world: World) -> None:
    """A file that is no picture."""
    go(page, "/profile")
    file = {"name": "notes.txt", "mimeType": "image/png", "buffer": b"no picture"}
    page.locator("#picture").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("alert").wait_for()


def open_filter(page: Page, world: World) -> None:
    go(page, f"{world.board}?priority=high&tag=bug")
    page.locator("#board-filter").click()
    page.get_by_role("dialog", name="Filter").get_by_role("button", name="Done").wait_for()


def open_lanes_menu(page: Page, world: World) -> None:
    go(page, world.board)
    page.locator("#board-lanes summary").click()


def fold(page: Page, world: World) -> None:
    go(page, world.board)
    for place in (0, 4):
        page.locator(".column").nth(place).evaluate("(column) => column.classList.add('is-folded')")


def column_menu(page: Page, world: World) -> None:
    go(page, world.board)
    page.locator(".column__tool--settings").nth(1).click(force=True)
    page.locator("#column-settings").wait_for()


def quick_add(page: Page, world: World, line: str = "Fix the hinge !4 #bug @ma") -> None:
    go(page, world.board)
    field = page.locator(".column form.quick-add [name=title]").nth(1)
    field.focus()
    page.locator(".column form.is-live").first.wait_for()
    field.press_sequentially(line)
    if "@" in line:
        page.locator(".suggest:popover-open [role=option]").first.wait_for()


def paste(page: Page, world: World) -> None:
    quick_add(page, world, "")
    page.evaluate(PASTE, SEVEN)
    page.locator(".quick-add__paste").wait_for()


def peek(page: Page, world: World) -> None:
    select(page, world, "Space")
    page.locator(".card-preview__title").wait_for()


def field_popover(page: Page, world: World) -> None:
    select(page, world, "d")
    page.locator(":popover-open [name=value]").first.wait_for()


def palette(page: Page, world: World) -> None:
    select(page, world, "Control+k")
    page.locator("#palette [role=option]").first.wait_for()


def keys_sheet(page: Page, world: World) -> None:
    select(page, world, "?")
    page.locator("#shortcuts-help[open]").wait_for()


def dialog(page: Page, world: World) -> None:
    go(page, world.board)
    page.get_by_role("link", name=TITLE, exact=True).click()
    page.locator("#task-dialog .task__title").wait_for()


def task_editors(page: Page, world: World) -> None:
    go(page, world.task)
    page.locator("#field-description .inline-field__edit").first.click()
    page.locator("#value-description").wait_for()


def rail_editor(page: Page, world: World) -> None:
    go(page, world.task)
    page.locator("#field-assignee .inline-field__edit").click()
    page.locator("#field-assignee .option").first.wait_for()


def conflict_beside(page: Page, world: World) -> None:
    task_editors(page, world)
    page.locator("#value-description").press("End")
    page.keyboard.type(" And mind the wick.")
    world.edit(2, description=f"It goes out in any wind. (attempt {next(_number)})")
    page.locator(".inline-field__notice").wait_for()


def conflict_page(page: Page, world: World) -> None:
    go(page, f"{world.task}/edit")
    page.locator("main [name=title]").fill("Keep all lanterns lit")
    world.edit(2, title=f"{TITLE} ({next(_number)})")
    page.locator("main form[action$='/edit'] button[type=submit]").first.click()
    page.locator(".comparison").first.wait_for()
    world.edit(2, title=TITLE)


def history_refused(page: Page, world: World) -> None:
    world.edit(1, priority="low")
    go(page, f"{world.task}/history")
    world.edit(2, priority="high")
    page.get_by_role("button", name="Undo").first.click()
    page.locator(".history__refusal").wait_for()
    world.edit(1, priority="urgent")


def change(page: Page, world: World) -> None:
    go(page, f"{world.task}/history")
    page.locator(".timeline__entry", has=page.locator(".diff ins")).last.locator(
        ".timeline__at"
    ).click()
    page.locator(".version-change").first.wait_for()


def since(page: Page, world: World) -> None:
    world.forget_visit()
    world.edit(2, status="in_review")
    world.edit(2, status="in_progress")
    page.evaluate("sessionStorage.clear()")
    go(page, world.board)
    page.locator("#unseen-changes").wait_for()


def offline(page: Page, world: World) -> None:
    go(page, world.board)
    page.context.set_offline(True)
    page.locator(".offline").wait_for()


def paused(page: Page, world: World) -> None:
    page.route("**/live/boards/**", lambda route: route.abort())
    page.goto(world.board)
    page.locator("#live-status").get_by_text("paused").wait_for(timeout=15_000)


def toast(page: Page, world: World) -> None:
    select(page, world, "1")
    page.locator(".toast").get_by_role("button", name="Undo").wait_for()
    world.edit(0, priority="urgent")


def drag(page: Page, world: World) -> None:
    go(page, world.board)
    page.get_by_role("link", name=TITLE, exact=True).scroll_into_view_if_needed()
    grab(page, TITLE)
    box = page.locator(".column").nth(1).bounding_box()
    assert box
    page.mouse.move(box["x"] + 90, box["y"] + 150, steps=4)


def account_menu(page: Page, world: World) -> None:
    go(page, "/boards")
    page.locator(".bar .menu > summary").click()


def show_in(page: Page, theme: str) -> None:
    """Change the theme under the open page, as a person does in their profile."""
    page.evaluate(
        "(theme) => { document.documentElement.dataset.theme = theme;"
        " return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))); }",
        theme,
    )


def put_back(page: Page) -> None:
    """Let go of what a scene took: the pointer, the network, the routes."""
    page.keyboard.press("Escape")
    page.mouse.up()
    page.context.set_offline(False)
    page.unroute_all(behavior="ignoreErrors")


VISITOR = (
    Scene("login", at("/login")),
    Scene("register", at("/register")),
    *VISITORS_ACCOUNT,
    Scene("invitation", at("{invitation}")),
    Scene("invitation-register", at("/register?next={invitation}")),
    Scene("invitation-closed", at("/invitations/unknown")),
)
NEWCOMER = (
    Scene("sample-board", at("{sample}#new")),
    Scene("empty-board", at("{empty}")),
    Scene("boards-new", at("/boards")),
    Scene("inbox-empty", at("/inbox")),
    Scene("trash-empty", at("{empty}/trash")),
)
MEMBER = (
    Scene("boards", at("/boards")),
    Scene("account-menu", account_menu),
    Scene("board", at("{board}")),
    Scene("filtered", at("{board}?priority=high&tag=bug")),
    Scene("filter-sheet", open_filter),
    Scene("filter-page", at("{board}/filter?priority=high")),
    Scene("lanes-menu", open_lanes_menu),
    Scene("lanes-assignee", lanes("assignee")),
    Scene("lanes-priority", lanes("priority")),
    Scene("lanes-tag", lanes("tag")),
    Scene("lanes-quick-add", lanes_quick_add),
    Scene("lanes-typed", lanes_typed),
    Scene("bulk", bulk),
    Scene("bulk-menu", bulk_menu),
    Scene("bulk-page", bulk_page),
    Scene("folded", fold),
    Scene("column-menu", column_menu),
    Scene("quick-add", quick_add),
    Scene("paste", paste),
    Scene("create-many", at("{board}/tasks/create-many")),
    Scene("peek", peek, keys=True),
    Scene("field-popover", field_popover, keys=True),
    Scene("palette", palette),
    Scene("keys", keys_sheet, keys=True),
    Scene("dialog", dialog),
    Scene("task", at("{task}")),
    Scene("task-editors", task_editors),
    Scene("rail-editor", rail_editor),
    Scene("task-edit", at("{task}/edit")),
    Scene("task-move", at("{task}/move")),
    Scene("history", at("{task}/history")),
    Scene("change", change),
    Scene("board-history-start", at("{board}/history?step=1")),
    Scene("board-history", at("{board}/history?step=120")),
    Scene("board-history-now", at("{board}/history")),
    Scene("activity", at("{board}/activity")),
    Scene("history-refused", history_refused),
    Scene("since", since),
    Scene("offline", offline),
    Scene("paused", paused),
    Scene("toast", toast, keys=True),
    Scene("drag", drag, keys=True),
    Scene("conflict-beside", conflict_beside),
    Scene("conflict-page", conflict_page),
    Scene("find", at("/find?q=checkout")),
    Scene("find-terms", at("/find?q=priority:>=high+-is:done+the")),
    Scene("find-error", at("/find?q=checkout+assignee:me+is:opne")),
    Scene("find-nothing", at("/find?q=unobtainium")),
    Scene("inbox", at("/inbox")),
    *TEAMS,
    Scene("board-who-sees", at("{board}/settings#who-sees")),
    Scene("settings", at("{board}/settings")),
    Scene("trash", at("{board}/trash")),
    Scene("profile", at("/profile")),
    Scene("preferences", at("/profile/preferences")),
    Scene("notification-settings", at("/profile/notifications")),
    Scene("reminders", at("{task}/reminders")),
    Scene("board-watch", at("{board}/watch")),
    Scene("picture-refused", picture_refused),
    Scene("password", at("/profile/password")),
    Scene("sessions", at("/sessions")),
    *MEMBERS_ACCOUNT,
    Scene("login-history", at("/sessions/history")),
    Scene("two-factor", at("/profile/two-factor")),
    *ADMINISTRATION,
)

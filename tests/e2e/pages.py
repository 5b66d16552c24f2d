"""A board and a task that are filled through the pages themselves, and the address of every page."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.e2e.journeys import add_card, create_team, move_card, sign_up

TITLES = (
    "Quench the blade",
    "Order charcoal",
    "Repair the bellows",
    "Sharpen the chisels",
    "Sweep the floor",
)


def furnish(page: Page) -> dict[str, str]:
    """Sign up, fill a board and a task, and answer the address of each page by name."""
    sign_up(page)
    sample = page.url.partition("#")[0]
    board = create_team(page, "The forge")
    for title in TITLES:
        add_card(page, title)
    for title, name in zip(TITLES[1:], ("To do", "In progress", "Done", "Done"), strict=True):
        page.goto(board)
        move_card(page, title, name)
    page.goto(board)
    column_id = page.locator(".column").first.get_attribute("data-column-id")
    task = page.get_by_role("link", name=TITLES[2], exact=True).get_attribute("href") or ""
    page.goto(f"{task}/edit")
    page.locator("textarea[name=description]").fill(
        "The left one *leaks*.\n\n- find the hole\n- sew a patch\n- test it under `load`"
    )
    page.locator("[name=tags]").fill("tools, urgent work")
    page.locator("form[action$='/edit'] button[type=submit]").first.click()
    page.wait_for_load_state()
    page.goto(task)
    page.locator("#comment-form [name=content]").fill("There is leather in the shed, second shelf.")
    page.locator("#comment-form button[type=submit]").click()
    page.locator(".comment, [id^=comment-]").first.wait_for()
    page.goto(f"{task}/history")
    change = page.locator(".timeline__at").nth(1).get_attribute("href") or ""
    page.goto("/teams")
    team = page.locator("#teams a", has_text="The forge").get_attribute("href") or ""
    return {
        "boards": "/boards",
        "board": board,
        "sample-board": sample,
        "board-settings": f"{board}/settings",
        "create-many": f"{board}/tasks/create-many",
        "trash": f"{board}/trash",
        "board-history": f"{board}/history?step=7",
        "board-history-column": f"{board}/history/columns/{column_id}",
        "task": task,
        "task-edit": f"{task}/edit",
        "task-move": f"{task}/move",
        "task-history": f"{task}/history",
        "task-change": change,
        "teams": "/teams",
        "team": team,
        "inbox": "/inbox",
        "profile": "/profile",
        "preferences": "/profile/preferences",
        "password": "/profile/password",
        "sessions": "/sessions",
        "login-history": "/sessions/history",
        "two-factor": "/profile/two-factor",
        "two-factor-setup": "/profile/two-factor/setup",
        "tokens": "/profile/tokens",
        "token-new": "/profile/tokens/new",
        "not-found": "/tasks/00000000-0000-7000-8000-000000000000",
    }

"""The names and texts of the demo: its people, boards and cards."""

from __future__ import annotations

TEAM = "Lantern Works"
PEOPLE = (
    ("Mara", "Lindqvist"), ("Tomas", "Okafor"), ("Ines", "Castellano"), ("Jonas", "Weber"),
    ("Priya", "Raman"), ("Eli", "Haddad"), ("Noor", "Visser"), ("Sam", "Kowalski"),
)  # fmt: skip
# What some of them say of themselves, and their time zones.
ABOUT = {
    1: ("Glass, and everything that breaks. Ask me about *borosilicate*.", "Europe/Lisbon"),
    2: ("Wires and switches. On the bench **Tuesday to Friday**.", "America/New_York"),
}

# Who gets one mail a day, or one a week; the others get theirs at once.
MAILS = {
    0: {"frequency": "daily", "digest_hour": 8},
    1: {"frequency": "weekly", "digest_weekday": 1, "quiet_from": "20:00", "quiet_until": "08:00"},
}

# Board, share of the cards, what is worked on, and what is done to it.
BOARDS: tuple[tuple[str, int, tuple[str, ...], tuple[str, ...]], ...] = (
    (
        "Web shop", 200,
        (
            "checkout", "basket", "product page", "search results", "order history", "gift cards", "returns form",
            "size guide", "newsletter sign-up", "payment page", "address book", "delivery estimate", "price filter",
            "wish list", "image gallery", "stock notice", "discount codes", "invoice e-mail", "cookie notice",
            "order confirmation",
        ),
        (
            "Speed up the {}", "Make the {} work with the keyboard", "Fix the {} on small screens",
            "Rewrite the texts of the {}", "Measure how people use the {}", "Add tests for the {}",
            "Translate the {} to Dutch", "Show errors clearly in the {}", "Draw a new {}", "Log failures of the {}",
        ),
    ),
    (
        "Mobile app", 120,
        (
            "push messages", "barcode scanner", "offline mode", "log-in screen", "settings", "camera permission",
            "map of shops", "dark theme", "crash reports", "app icon", "deep links", "widget",
        ),
        (
            "Prototype the {}", "Ship the {} to testers", "Fix flicker in the {}", "Review the {} with support",
            "Cut the start time of the {}", "Support tablets in the {}", "Write release notes for the {}",
            "Check the {} with a screen reader", "Clean up the code of the {}", "Decide the wording of the {}",
        ),
    ),
    (
        "Workshop", 80,
        (
            "soldering bench", "packing table", "label printer", "spare parts shelf", "delivery van", "fire drill",
            "supplier contract", "glass order",
        ),
        (
            "Plan the {}", "Renew the {}", "Check the {} before winter", "Write down how to use the {}",
            "Ask for offers for the {}", "Move the {} to the back room", "Count stock for the {}",
            "Train two people on the {}", "Repair the {}", "Clear the {} with the insurer",
        ),
    ),
)  # fmt: skip

TAGS = ("bug", "customer", "design", "accessibility", "speed", "legal", "quick win", "research")
DESCRIPTIONS = (
    "Reported by **support** twice this month.\n\n- reproduce it\n- find the cause\n- write a test first",
    "## Why\nPeople leave at this step.\n\n## Done when\n- it works without a mouse\n- the numbers are on the board",
    "A small thing that has annoyed everybody for long enough.",
    "See what we agreed on Tuesday:\n\n> keep it simple, show it early\n\n1. sketch\n2. try it\n3. build",
    "Needs `v2` of the interface; ask before you start.",
    "",
)
COMMENTS = (
    "I had a look: it is smaller than it seems.",
    "Could you try this on an old phone? @{mention}",
    "Blocked until the supplier answers.",
    "Done on my side, please review.",
    "Let us keep the first version **without** the animation.",
    "Support says thank you!",
    "I would split this in two, what do you think @{mention}?",
    "Tested in three browsers, works.",
)
CHECKLIST = ("Agree on the goal", "Build it", "Test it", "Tell support")

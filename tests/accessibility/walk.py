"""Walk the running program through the accessibility bus, as a screen reader does, with the system's Python.

    /usr/bin/python3 walk.py APPLICATION PLAN

PLAN is a JSON list of steps: [page, [[verb, words…], …], words that show that the page is there]. Verbs: "menu" (the
action of a menu item), "press" (the action of a button), "see" (it is waited for), "write" (text into a field), "focus"
(a list gets the focus), "key" (a key where the focus is: Qt's lists have no action that opens a row).
A name may hold * for anything. Prints a JSON object of page → {"seen": [[role, name], …], "faults": […]}.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402 (the version has to be asked for first)
from rules import NAMED_BY_VALUE, Control, faults  # noqa: E402 (beside this file)

Node = Any  # Atspi.Accessible; the binding has no types
STATE = Atspi.StateType
MOST_CELLS = 60  # the first rows of a list: the rest is made the same way
SECONDS = 30.0
LOOK_AGAIN_MS = 400  # when nothing was said on the bus meanwhile
BUTTONS = {
    "push button",
    "button",
    "check box",
    "page tab",
    "radio button",
    "toggle button",
    "link",
    "list item",
}
changes: list[str] = []  # what the bus has told since somebody last looked


def children(node: Node, most: int = 400) -> Iterator[Node]:
    """The children of a node that are there."""
    for at in range(min(node.get_child_count(), most)):
        child = node.get_child_at_index(at)
        if child is not None:
            yield child


def has(node: Node, state: Any) -> bool:
    """Whether a node has a state."""
    return bool(node.get_state_set().contains(state))


def label_of(node: Node) -> str:
    """What labels a node by a relation; for a list of choices else its description."""
    for relation in node.get_relation_set():
        if relation.get_relation_type() == Atspi.RelationType.LABELLED_BY:
            return " ".join(relation.get_target(n).get_name() for n in range(relation.get_n_targets()))
    return str(node.get_description()) if node.get_role_name() in NAMED_BY_VALUE else ""


def action_count(node: Node) -> int:
    """How many actions a node offers."""
    return int(node.get_n_actions()) if "Action" in node.get_interfaces() else 0


def showing(node: Node, path: tuple[str, ...] = ()) -> Iterator[tuple[Node, Control]]:
    """Everything in view, from the top; a table only with its first rows."""
    try:
        role, name = node.get_role_name(), node.get_name()
        if not has(node, STATE.SHOWING):
            return
        where = " › ".join(p for p in path[-3:] if p)
        can = (has(node, STATE.FOCUSABLE), has(node, STATE.SENSITIVE))
        yield node, Control(role, name, label_of(node), *can, action_count(node), where)
        most = MOST_CELLS if role in {"table", "tree", "tree table", "list"} else 400
        for child in children(node, most):
            yield from showing(child, (*path, name or role))
    except GLib.Error:
        return  # gone while it was read: the page has changed meanwhile


def windows(application: Node) -> list[Node]:
    """The windows in view; a dialog alone when there is one: it stops the rest."""
    tops = [w for w in children(application) if has(w, STATE.SHOWING)]
    dialogs = [w for w in tops if w.get_role_name() in {"dialog", "alert", "file chooser"}]
    return dialogs[-1:] or tops


def in_view(application: Node) -> list[tuple[Node, Control]]:
    """Everything in view."""
    return [pair for window in windows(application) for pair in showing(window)]


def wait_for(what: str, look: Callable[[], Node], application: Node = None) -> Node:
    """Look again until something is there; stop with a sentence when it never is."""
    until = time.monotonic() + SECONDS
    while True:
        try:
            found = look()
        except GLib.Error:
            found = None
        if found:
            return found
        if time.monotonic() > until:
            seen = [f"{c.role}: {c.name}" for _n, c in in_view(application)] if application else []
            sys.exit(f"waited in vain for {what}\nin view: {seen}")
        wait_for_change()


def listen() -> Any:
    """Have the bus tell when something comes, goes or changes. The listener has to be kept."""
    listener = Atspi.EventListener.new(lambda event: changes.append(event.type))
    for kind in ("object:children-changed", "object:state-changed", "object:property-change", "window"):
        listener.register(kind)
    return listener


def wait_for_change() -> None:
    """Wait until something has changed on the bus, or for a moment."""
    context, over = GLib.MainContext.default(), []
    GLib.timeout_add(LOOK_AGAIN_MS, lambda: over.append(True))  # append answers None: once
    while not changes and not over:
        context.iteration(True)
    while context.iteration(False):
        pass
    changes.clear()


def find_application(name: str) -> Node:
    """The program on the bus, once it has a window."""

    def look() -> Node:
        for node in children(Atspi.get_desktop(0)):
            if node.get_name() == name and node.get_child_count():
                return node
        return None

    return wait_for(f"the program {name}", look)


def menu_items(node: Node) -> Iterator[Node]:
    """The items of all menus, whether open or not."""
    for child in children(node):
        if child.get_role_name() in {"menu bar", "menu item", "popup menu", "menu"}:
            yield child
            yield from menu_items(child)


def fits(name: str, control: Control) -> bool:
    """Whether a control has this name."""
    return fnmatchcase(control.name, name) or fnmatchcase(control.label, name)


def find(application: Node, roles: set[str], name: str) -> Node:
    """The first control in view with one of the roles and this name."""

    def look() -> Node:
        pairs = in_view(application)
        return next((n for n, c in pairs if c.role in roles and fits(name, c)), None)

    return wait_for(f"{'/'.join(sorted(roles))} {name}", look, application)


def press_key(application: Node, key: str) -> None:
    """A key for the main window, whoever has the keyboard: no window manager gives it back here after a dialog, and another
    program may be read beside this one. Not through the library: it asks a window manager first, and where there is none it
    reads memory that nothing was written to (at-spi2-core 2.46), which ends the reader.
    """
    of_window = [
        "--all",
        "--onlyvisible",
        "--pid",
        str(application.get_process_id()),
        "--name",
        "TherapyDesk",
    ]
    subprocess.run(["xdotool", "search", *of_window, "key", "--window", "%1", key], check=True, timeout=20)


def do(application: Node, verb: str, *words: str) -> None:
    """One step of the plan."""
    if verb == "menu":
        item = wait_for(
            f"menu item {words[0]}",
            lambda: next(
                (n for w in children(application) for n in menu_items(w) if n.get_name() == words[0]), None
            ),
        )
        item.do_action(0)
    elif verb == "see":
        find(application, BUTTONS, words[0])
    elif verb == "press":
        find(application, BUTTONS, words[0]).do_action(0)
    elif verb == "write":
        field = find(application, {"text", "password text", "entry"}, words[0])
        field.grab_focus()
        field.set_text_contents(words[1])
    elif verb == "key":
        press_key(application, words[0])
    elif verb == "focus":
        find(application, {"table", "list", "tree", "tree table"}, words[0]).grab_focus()
    else:
        sys.exit(f"the plan has an unknown verb: {verb}")


def there(application: Node, marks: list[str]) -> bool:
    """Whether the page shows all that it is known by."""
    seen = {f"{c.role}: {c.name or c.label}" for _node, c in in_view(application)}
    return all(any(fnmatchcase(one, f"{mark}*") for one in seen) for mark in marks)


def main(name: str, plan: str) -> None:
    """Each page of the plan: open, wait, judge."""
    Atspi.init()
    Atspi.set_timeout(60_000, 60_000)
    listener = listen()
    application = find_application(name)
    report: dict[str, dict[str, list[Any]]] = {}
    for page, steps, marks in json.loads(plan):
        sys.stderr.write(f"{page}\n")  # how far it came, should it stop
        for step in steps:
            do(application, *step)
        wait_for(f"{page}: {marks}", lambda marks=marks: there(application, marks), application)
        controls = [control for _node, control in in_view(application)]
        wrong = list(dict.fromkeys(fault for control in controls for fault in faults(control)))
        report[page] = {"seen": [[c.role, c.name or c.label] for c in controls], "faults": wrong}
    del listener
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:3])

"""Starting TaskForge on a developer's machine: the embedded servers, the supervisor, `make run`.

Nothing here is part of a deployment, except the supervisor behind `worker.py all`.
"""

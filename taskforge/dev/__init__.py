"""Starting TaskForge on a developer's machine: the environment, the embedded servers, `make run`.

Nothing here is part of a deployment.
"""

"""The types of ASGI, the protocol between the web server and an asynchronous application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApplication = Callable[[Scope, Receive, Send], Awaitable[None]]
# In the WSGI environment: a function that says whether the client has left.
CLIENT_GONE = "taskforge.client_gone"

"""Asks for an export, and reads it."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from taskforge.leaving.exports import open_export, request_export
from taskforge.stores.actor import Actor


def ask(person: Actor) -> str:
    return str(request_export(person).extra["export_id"])


def opened(person: Actor, export_id: str) -> dict[str, Any]:
    """The files of a finished archive by name; read by the standard library, which checks each CRC-32."""
    download = open_export(person, export_id)
    archive = b"".join(download.pieces)
    assert len(archive) == download.size
    with zipfile.ZipFile(io.BytesIO(archive)) as unpacked:
        assert unpacked.testzip() is None
        read = {name: unpacked.read(name) for name in unpacked.namelist()}
    return {
        name: json.loads(content) if name.endswith(".json") else content
        for name, content in read.items()
    }


def all_of(files: dict[str, Any], section: str) -> list[Any]:
    """The records of a section, from all of its files."""
    names = sorted(name for name in files if name.partition(".")[0].partition("-")[0] == section)
    return [record for name in names for record in files[name]]

"""The commands over the checks: what they print and how they exit."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from taskforge.audit import chain
from taskforge.config import Config
from taskforge.extensions import config_of
from taskforge.messaging.redis_client import make_redis_client
from taskforge.stores import document_checks, mongo, sql
from tests.stores.scene import Scene, relay_everything, set_scene, write


@pytest.fixture
def scene(app: Flask) -> Scene:
    with app.app_context():
        made = set_scene()
        relay_everything()
        chain.seal_pending(config_of().audit_key.encode())
        return made


@pytest.fixture
def runner(
    app: Flask, config: Config, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> FlaskCliRunner:
    # What the command sets for its own short life must not outlive it here.
    monkeypatch.setattr(sql, "be_patient", lambda *_: None)
    monkeypatch.setattr(mongo, "connect", lambda _: None)
    monkeypatch.setitem(app.extensions, "taskforge_redis", make_redis_client(config))
    monkeypatch.setattr(document_checks, "SECOND_LOOK_SECONDS", 0.0)
    return app.test_cli_runner()


def test_the_doctor_finds_nothing_wrong(runner: FlaskCliRunner) -> None:
    result = runner.invoke(args=["taskforge", "doctor"])
    assert result.exit_code == 0, result.output
    assert "agree" in result.output


def test_the_doctor_reports_then_repairs_then_is_content(
    runner: FlaskCliRunner, app: Flask
) -> None:
    with app.app_context():
        mongo.collection("profiles").delete_many({})
    looked = runner.invoke(args=["taskforge", "doctor"])
    assert looked.exit_code == 1
    assert "I1  user" in looked.output
    repaired = runner.invoke(args=["taskforge", "doctor", "--repair"])
    assert repaired.exit_code == 1
    assert "0 left" in repaired.output
    assert runner.invoke(args=["taskforge", "doctor"]).exit_code == 0


def test_the_doctor_speaks_json(runner: FlaskCliRunner, app: Flask) -> None:
    with app.app_context():
        write("DELETE FROM audit_chain")
        write("DELETE FROM audit_logs WHERE event = 'team.created'")
    result = runner.invoke(args=["taskforge", "doctor", "--json"])
    assert result.exit_code == 2
    said = json.loads(result.output)
    assert said["exitCode"] == 2
    assert [(one["invariant"], one["repairable"]) for one in said["found"]] == [("I4", False)]


def test_the_audit_chain_is_verified_against_a_noted_head(
    runner: FlaskCliRunner, app: Flask
) -> None:
    head = runner.invoke(args=["taskforge", "audit", "head"]).output.strip()
    held = runner.invoke(args=["taskforge", "audit", "verify", "--anchor", head])
    assert held.exit_code == 0, held.output
    with app.app_context():
        write("DELETE FROM audit_chain WHERE seq = (SELECT max(seq) FROM audit_chain)")
    assert runner.invoke(args=["taskforge", "audit", "verify"]).exit_code == 0
    cut = runner.invoke(args=["taskforge", "audit", "verify", "--anchor", head])
    assert cut.exit_code == 1
    assert "was noted down" in cut.output


def test_an_anchor_that_is_none_is_refused(runner: FlaskCliRunner) -> None:
    result = runner.invoke(args=["taskforge", "audit", "verify", "--anchor", "yesterday"])
    assert result.exit_code == 2
    assert "audit head" in result.output

"""A stack that runs: what `up` says, what its parts are given, and that a killed child comes back."""

from __future__ import annotations

import json
import os
import signal
import stat
from pathlib import Path

import pytest

from cli.stack.processes import identify
from tests.cli.stage import Stage, wait_for


def test_up_twice_says_that_it_runs_and_where(stack: Stage) -> None:
    before = stack.state().supervisor
    for detach in (True, False):
        again = stack.up(detach=detach)
        assert again.returncode == 0
        assert "already runs" in again.stdout
        url = f"http://127.0.0.1:{stack.environment['MUSE_PORT']}"
        for place in (f"{url}/chat/luna", f"{url}/health", f"{url}/api/docs", str(stack.folder.secrets / "operator.token")):
            assert place in again.stdout
    assert stack.state().supervisor == before


def test_the_token_is_pointed_at_but_never_printed(stack: Stage) -> None:
    token = (stack.folder.secrets / "operator.token").read_text().strip()
    assert len(token) >= 32
    shown = stack.up().stdout + stack.muse("status").stdout + stack.muse("logs", "-n", "1000").stdout
    assert token not in shown


def test_only_we_may_read_the_data_folder(stack: Stage) -> None:
    for path in (stack.folder.root, *stack.folder.root.rglob("*")):
        if stat.S_ISSOCK(path.lstat().st_mode) or path.parent in (stack.folder.root, stack.folder.secrets):
            assert path.lstat().st_mode & 0o007 == 0 or path.name in ("VERSION", "diary.jsonl"), path
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in stack.folder.secrets.iterdir())
    assert stack.folder.secrets.stat().st_mode & 0o777 == 0o700


def test_our_processes_never_see_owner_or_superuser(stack: Stage) -> None:
    given = stack.gateway_environment()
    everything = json.dumps(given)
    for name in ("postgres", "owner"):
        assert (stack.folder.secrets / f"{name}.password").read_text().strip() not in everything
    assert given["MUSE_POSTGRES_URL"] == ""
    assert given["MUSE_POSTGRES_APP_URL"].startswith("postgresql://muse_app:")
    assert given["MUSE_POSTGRES_SWEEP_URL"].startswith("postgresql://muse_sweep:")
    assert given["MUSE_REDIS_URL"].startswith("unix://:")
    assert given["MUSE_CHROMA_URL"].startswith("http://127.0.0.1:")
    assert given["MUSE_DATA_DIR"] == str(stack.folder.root)
    assert given["MUSE_BLOBS_URL"] == stack.folder.blobs.as_uri()


def test_no_password_stands_in_the_process_list(stack: Stage) -> None:
    passwords = [file.read_text().strip() for file in stack.folder.secrets.iterdir()]
    for part in stack.state().parts:
        shown = Path(f"/proc/{stack.pid(part)}/cmdline").read_bytes().decode()
        assert not any(password in shown for password in passwords)


def test_postgres_asks_for_passwords_and_listens_nowhere_else(stack: Stage) -> None:
    assert stack.query("SHOW listen_addresses") == ""
    assert stack.query("SHOW password_encryption") == "scram-sha-256"
    assert stack.query("SELECT string_agg(DISTINCT auth_method, ',') FROM pg_hba_file_rules") == "scram-sha-256"
    assert stack.query("SELECT rolsuper::text FROM pg_roles WHERE rolname = current_user", role="app") == "false"


def test_status_shows_each_part(stack: Stage) -> None:
    wait_for(lambda: stack.part("worker").state == "running")
    shown = stack.muse("status")
    assert shown.returncode == 0
    for part in ("postgres", "valkey", "chroma", "gateway", "worker"):
        line = next(line for line in shown.stdout.splitlines() if line.startswith(part))
        assert "running" in line
        assert str(stack.pid(part)) in line
    told = json.loads(stack.muse("status", "--json").stdout)
    assert told["running"] is True
    assert told["parts"]["gateway"]["address"] == told["url"]


def test_logs_of_one_part_and_of_a_stranger(stack: Stage) -> None:
    assert "ready to accept connections" in stack.muse("logs", "postgres").stdout
    named = stack.muse("logs", "-n", "1").stdout
    assert "valkey:" in named
    assert "supervisor:" in named
    stranger = stack.muse("logs", "kafka")
    assert stranger.returncode == 5
    assert "There is no log kafka" in stranger.stderr
    assert "Traceback" not in stranger.stderr


@pytest.mark.parametrize("name", ["gateway", "worker", "valkey", "chroma", "postgres"])
def test_a_killed_child_comes_back_and_is_reported(stack: Stage, name: str) -> None:
    stack.query("CREATE TABLE IF NOT EXISTS kept (name text); ")
    stack.query(f"INSERT INTO kept VALUES ('{name}')")
    killed, restarts = stack.pid(name), stack.part(name).restarts
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: stack.part(name).restarts > restarts and stack.part(name).state == "running")
    assert stack.pid(name) != killed
    assert identify(stack.pid(name)) is not None
    assert stack.part(name).last_exit == "killed by SIGKILL"
    assert "killed by SIGKILL" in stack.muse("status").stdout
    lines = [json.loads(line) for line in (stack.folder.logs / "supervisor.log").read_text().splitlines() if line[0] == "{"]
    assert any(line["event"] == "died and is restarted" and line["part"] == name for line in lines)
    assert stack.query(f"SELECT count(*) FROM kept WHERE name = '{name}'") == "1"

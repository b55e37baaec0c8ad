"""The doctor's words for each thing that can be there or missing; the model servers are small HTTP servers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from msgspec.structs import replace

from cli.doctor.finding import Finding
from cli.doctor.machine import browser, disk, programs, python
from cli.doctor.models import chat_model, embeddings
from cli.doctor.report import EXAMINATIONS, outside, print_findings
from cli.doctor.safety import safety
from core.settings import Settings
from tests.cli.stage import on_stage


class ModelServer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        answers = {"/api/tags": {"models": [{"name": "llama3.2:latest"}]}, "/v1/models": {"data": [{"id": "small"}]}}
        allowed = self.path != "/v1/models" or self.headers.get("Authorization") == "Bearer right"
        self.send_response(200 if self.path in answers and allowed else 401)
        self.end_headers()
        self.wfile.write(json.dumps(answers.get(self.path)).encode() if allowed else b"no")

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture(scope="module")
def model_server() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), ModelServer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def only(findings: Iterator[Finding]) -> Finding:
    (finding,) = findings
    return finding


def test_reflex_is_named_as_what_it_is() -> None:
    found = only(chat_model(Settings()))
    assert found.state == "missing"
    assert "no language model is set" in found.says
    assert "reflex brain" in found.says


def test_ollama_in_its_three_states(model_server: str) -> None:
    settings = Settings(chat_model="ollama:llama3.2", ollama_url=model_server)
    assert only(chat_model(settings)).state == "good"
    unpulled = only(chat_model(replace(settings, chat_model="ollama:qwen3:8b")))
    assert (unpulled.state, unpulled.remedy) == ("missing", "ollama pull qwen3:8b")
    assert "llama3.2:latest" in unpulled.says
    away = only(chat_model(replace(settings, ollama_url="http://127.0.0.1:1")))
    assert (away.state, away.remedy) == ("missing", "ollama serve")
    assert "reflex brain answers meanwhile" in away.says


def test_an_openai_server_in_its_states(model_server: str) -> None:
    settings = Settings(chat_model="openai:small", openai_url=f"{model_server}/v1", openai_api_key="right")
    assert only(chat_model(settings)).state == "good"
    assert "has no model big" in only(chat_model(replace(settings, chat_model="openai:big"))).says
    assert "refuses the key" in only(chat_model(replace(settings, openai_api_key="wrong"))).says
    assert "MUSE_OPENAI_URL" in only(chat_model(replace(settings, openai_url=""))).remedy


def test_a_provider_whose_package_is_not_installed() -> None:
    found = only(chat_model(Settings(chat_model="nosuchprovider:x")))
    assert found.remedy.startswith("look the package up"), "a package's name is not made from whatever was typed"


def test_the_bundled_weights_are_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    assert only(embeddings(Settings())).state == "good"
    monkeypatch.setattr("cli.doctor.models.WEIGHTS_SHA256", "0" * 64)
    found = only(embeddings(Settings()))
    assert found.state == "broken"
    assert "not the published file" in found.says


def test_python_programs_and_disk(tmp_path: Path) -> None:
    settings = Settings(data_dir=str(tmp_path / "deep" / "data"))
    findings = [*python(settings), *programs(settings), *disk(settings)]
    assert {finding.state for finding in findings} == {"good"}
    names = {finding.name for finding in findings}
    assert names >= {"Python", "Postgres", "Valkey", "Chroma", "disk", "data folder"}
    assert "(PostgreSQL) 18" in next(finding.says for finding in findings if finding.name == "Postgres")
    assert not (tmp_path / "deep").exists()  # looking makes nothing


def test_a_missing_browser_says_what_to_type(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("HOME", str(tmp_path))
    found = only(browser(Settings()))
    assert found.state == "missing"
    assert "install" in found.remedy
    assert "chromium" in found.remedy


def test_outside_servers_that_are_away_are_broken() -> None:
    found = only(outside(Settings(chroma_url="http://127.0.0.1:1")))
    assert (found.state, "MUSE_CHROMA_URL" in found.says) == ("broken", True)


def test_only_what_is_needed_decides_the_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_findings([Finding("a", "good", "there"), Finding("b", "missing", "not there", "fetch b")], as_json=False) == 0
    assert "type: fetch b" in capsys.readouterr().out
    assert print_findings([Finding("c", "broken", "gone")], as_json=True) == 1
    assert json.loads(capsys.readouterr().out) == [{"name": "c", "state": "broken", "says": "gone", "remedy": ""}]


def test_the_command_looks_at_everything(data: Path) -> None:
    with on_stage(data, chat_model="ollama:llama3.2", ollama_url="http://127.0.0.1:1") as stage:
        examined = stage.muse("doctor", "--json")
        assert examined.returncode == 0, examined.stdout
        names = [finding["name"] for finding in json.loads(examined.stdout)]
        assert len(names) >= len(EXAMINATIONS)
        assert "type: ollama serve" in stage.muse("doctor").stdout
        stage.environment["MUSE_REDIS_URL"] = "redis://127.0.0.1:1/0"
        assert stage.muse("doctor").returncode == 1
        stage.environment["MUSE_PORT"] = "many"
        wrong = stage.muse("doctor")
        assert (wrong.returncode, "MUSE_PORT" in wrong.stdout) == (1, True)


@pytest.mark.parametrize(
    ("settings", "state"),
    [
        (Settings(), "good"),
        (Settings(host="0.0.0.0", allow_remote=True), "broken"),
        (Settings(public_url="https://muse.example"), "broken"),
        (Settings(public_url="https://muse.example", safety_contact="desk@muse.example"), "good"),
    ],
)
def test_a_gateway_that_others_reach_publishes_its_protocol(settings: Settings, state: str) -> None:
    assert only(safety(settings)).state == state

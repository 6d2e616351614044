"""The configuration: strict, from a file and the environment, secrets kept."""

import pytest

from tracemedic_processor.config import ConfigError, Settings, load

TOKEN = "pylf_v1_us_" + "standin"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "tracemedic.yaml"


def refusal(file, text, environment=None):
    file.write_text(text)
    with pytest.raises(ConfigError) as refused:
        load(file, environment or {})
    return str(refused.value)


def test_without_anything_the_defaults_hold(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = load(None, {})
    assert settings == Settings()
    assert settings.exporters == {}
    assert settings.receive.grpc_address == "0.0.0.0:4317" or settings.receive.grpc_address.endswith(":4317")
    assert settings.database.url is None


def test_a_file_in_the_folder_is_read_without_being_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tracemedic.yaml").write_text("shutdown_s: 3")
    assert load(None, {}).shutdown_s == 3


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n"])
def test_an_empty_file_is_all_defaults(file, text):
    file.write_text(text)
    assert load(file, {}) == Settings()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("recieve: {}", ["recieve", "unknown key", "did you mean receive?"]),
        ("spool: {byte_max: 5}", ["spool.byte_max", "did you mean bytes_max?"]),
        ("exporters: {mine: {type: otlp_grpc, endpoint: a, headrs: {}}}", ["exporters.mine.headrs", "mean headers?"]),
        ("exporters: {mine: {type: otlp}}", ["exporters.mine", "otlp_grpc"]),
        ("grouping: [{mesage: x}]", ["grouping.0.mesage", "did you mean message?"]),
        ("zzz: 1", ["zzz", "known are", "receive"]),
        ("ingest: {processes: 0}", ["ingest.processes", "greater than or equal to 1"]),
        ("ingest: {processes: many}", ["ingest.processes", "integer"]),
        ("- a list", ["has to be a mapping"]),
        ("a: [", ["is not YAML"]),
        ("data_dir: ${NOWHERE_SET}", ["NOWHERE_SET", "is not set", "data_dir"]),
        ("exporters: {mine: {type: logfire}}", ["exporters.mine.token", "LOGFIRE_TOKEN"]),
    ],
)
def test_mistakes_are_named_where_they_stand(file, text, words):
    told = refusal(file, text)
    assert str(file) in told or words[0] == "exporters.mine.token"
    assert "\n" not in told
    for word in words:
        assert word in told


def test_every_mistake_has_a_line(file):
    told = refusal(file, "shutdown_s: -1\nspool: {bytes_max: 1}\nwobble: 2").splitlines()
    assert len(told) == 3


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        load(tmp_path / "missing.yaml", {})
    (tmp_path / "latin.yaml").write_bytes(b"data_dir: \xff\xfe\xfa")
    with pytest.raises(ConfigError, match="is not YAML"):
        load(tmp_path / "latin.yaml", {})


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("TRACEMEDIC_RECIEVE__GRPC_ADDRESS", ["unknown", "TRACEMEDIC_RECEIVE"]),
        ("TRACEMEDIC_ZZZ", ["unknown", "known are"]),
    ],
)
def test_mistyped_variables_are_named(file, name, words):
    told = refusal(file, "", {name: "x"})
    assert name in told
    for word in words:
        assert word in told


def test_mistyped_keys_within_a_section_of_the_environment_are_named(file, monkeypatch):
    monkeypatch.setenv("TRACEMEDIC_SPOOL__BYTE_MAX", "5")
    told = refusal(file, "")
    assert "TRACEMEDIC_SPOOL__BYTE_MAX" in told
    assert "bytes_max" in told.lower()


def test_variables_for_others_are_no_mistake(file):
    file.write_text("")
    environment = {"TRACEMEDIC_CONFIG": "x", "TRACEMEDIC_TEST_LONG": "1", "TRACEMEDIC_BENCH_LONG": "1", "HOME": "/"}
    assert load(file, environment) == Settings()


def test_the_environment_wins_over_the_file(file, monkeypatch):
    file.write_text("shutdown_s: 3\nspool: {bytes_max: 2000000, aside_bytes_max: 3000000}")
    monkeypatch.setenv("TRACEMEDIC_SHUTDOWN_S", "4")
    monkeypatch.setenv("TRACEMEDIC_SPOOL__BYTES_MAX", "5000000")
    settings = load(file)
    assert (settings.shutdown_s, settings.spool.bytes_max, settings.spool.aside_bytes_max) == (4, 5_000_000, 3_000_000)


def test_variables_inside_values_are_filled_in(file):
    file.write_text("data_dir: ${BASE}/data\ndatabase: {url: 'postgresql://u:${PASSWORD:-none}@h/${NAME:-x}'}")
    settings = load(file, {"BASE": "/srv", "NAME": "errors"})
    assert str(settings.data_dir) == "/srv/data"
    assert settings.database.url is not None
    assert settings.database.url.get_secret_value() == "postgresql://u:none@h/errors"


def test_a_logfire_token_alone_is_a_whole_configuration(file):
    file.write_text("")
    settings = load(file, {"LOGFIRE_TOKEN": TOKEN, "LOGFIRE_BASE_URL": "http://logfire.example"})
    (exporter,) = settings.exporters.values()
    assert exporter.token.get_secret_value() == TOKEN
    assert exporter.base_url == "http://logfire.example"


def test_written_exporters_stand_and_a_logfire_among_them_gets_the_token(file):
    file.write_text(
        "exporters: {eu: {type: logfire, base_url: 'http://eu.example'}, c: {type: otlp_grpc, endpoint: 'c:4317'}}"
    )
    settings = load(file, {"LOGFIRE_TOKEN": TOKEN, "LOGFIRE_BASE_URL": "http://other.example"})
    assert list(settings.exporters) == ["eu", "c"]
    assert settings.exporters["eu"].token.get_secret_value() == TOKEN
    assert settings.exporters["eu"].base_url == "http://eu.example"


def test_without_a_logfire_exporter_the_token_adds_none_to_those_written(file):
    file.write_text("exporters: {c: {type: otlp_grpc, endpoint: 'c:4317'}}")
    assert list(load(file, {"LOGFIRE_TOKEN": TOKEN}).exporters) == ["c"]


@pytest.mark.parametrize(
    "text",
    [
        f"exporters: {{mine: {{type: logfire, token: {TOKEN}, tokn: 1}}}}",
        "database: {url: 'postgresql://u:" + "hunter" + "2@h/n', conections_max: 1}",
        f"exporters: {{mine: {{type: logfire, token: [{TOKEN}]}}}}",
    ],
)
def test_secrets_are_in_no_refusal(file, text):
    told = refusal(file, text)
    assert TOKEN not in told
    assert "hunter" + "2" not in told


def test_secrets_are_in_no_dump(file):
    file.write_text(
        f"exporters: {{mine: {{type: otlp_http, endpoint: 'http://a', headers: {{authorization: {TOKEN}}}}}}}"
    )
    settings = load(file, {})
    assert TOKEN not in settings.model_dump_json() + repr(settings) + str(settings.model_dump())

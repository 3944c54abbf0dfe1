"""The jars of S3A, which PySpark lacks.

They are resolved once, at set-up, by Spark's own resolver into the user's cache, and checked against the hashes in
jars.lock; afterwards nothing is downloaded. What sets up is prepare.py.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

import platformdirs

from boathouse.errors import StartError
from boathouse.workers.java import java_home, spark_home
from boathouse.workers.truststore import PASSWORD, write_truststore

PREPARE = "boathouse.workers.prepare"
LOCK = Path(__file__).with_name("jars.lock")
PACKAGES = (
    "org.apache.hadoop:hadoop-aws:3.3.4",
    "org.wildfly.openssl:wildfly-openssl:1.0.7.Final",
    "com.amazonaws:aws-java-sdk-s3:1.12.262",
    "com.amazonaws:aws-java-sdk-sts:1.12.262",
    "com.amazonaws:aws-java-sdk-dynamodb:1.12.262",
)
EXCLUDED = (
    "com.amazonaws:aws-java-sdk-bundle",  # all of AWS in 280 MB, of which S3A needs the three above
    # PySpark 3.5.6 brings these itself, newer: two versions on one class path are one too many
    "com.fasterxml.jackson.core:jackson-annotations",
    "com.fasterxml.jackson.core:jackson-core",
    "com.fasterxml.jackson.core:jackson-databind",
    "commons-codec:commons-codec",
    "commons-logging:commons-logging",
    "joda-time:joda-time",
    "org.apache.httpcomponents:httpclient",
    "org.apache.httpcomponents:httpcore",
)
Report = Callable[[str], None]


def resolve(report: Report) -> Path:
    """Makes sure that the jars are there, resolving them if need be; their folder. Raises StartError."""
    target = folder()
    if not (wrong := _wrong(target)):
        report(f"{len(locked())} jars for Spark's S3 access are in {target}")
        return target
    report(f"resolving {len(wrong)} jars for Spark's S3 access, once, into {target}")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="resolving-", dir=target.parent) as scratch:
        resolved = Path(scratch) / "ivy" / "jars"
        output = _resolve(Path(scratch))
        if wrong := _wrong(resolved):
            raise StartError(_failure(target, wrong, output))
        shutil.rmtree(target, ignore_errors=True)
        resolved.rename(target)
    report(f"{len(locked())} jars resolved and checked")
    return target


def require() -> Path:
    """The folder of the jars, checked; raises StartError where they have not been resolved yet, or where Spark itself
    is missing, which comes first: it resolves them."""
    spark_home()
    target = folder()
    if wrong := _wrong(target):
        raise StartError(
            f"Glue jobs need {len(wrong)} jars that are not in {target} yet; run: {sys.executable} -m {PREPARE}"
        )
    return target


def folder() -> Path:
    """Named by what is in it, so that versions of Boathouse do not fight over it."""
    version = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]
    return platformdirs.user_cache_path("boathouse") / "jars" / version


def locked() -> dict[str, str]:
    """File name to SHA-256, from jars.lock (as ``sha256sum`` prints it)."""
    pairs = (line.split() for line in LOCK.read_text(encoding="utf-8").splitlines())
    return {name: digest for digest, name in pairs}


def _wrong(jars: Path) -> list[str]:
    """The names of the jars that are missing in a folder, or are not what they were."""
    return [name for name, digest in locked().items() if _digest(jars / name) != digest]


def _digest(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return "missing"


def _resolve(scratch: Path) -> str:
    """Lets Spark resolve the packages into ``scratch/ivy/jars``; what it said."""
    settings, script = scratch / "ivysettings.xml", scratch / "nothing.py"
    settings.write_text(_ivy_settings(os.environ), encoding="utf-8")
    script.write_text("", encoding="utf-8")
    command = [
        str(spark_home() / "bin" / "spark-submit"),
        "--master", "local[1]",
        "--conf", f"spark.jars.ivy={scratch / 'ivy'}",
        "--conf", f"spark.jars.ivySettings={settings}",
        "--packages", ",".join(PACKAGES),
        "--exclude-packages", ",".join(EXCLUDED),
        str(script),
    ]  # fmt: skip
    environment = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(scratch),
        "JAVA_HOME": str(java_home()),
        "JAVA_TOOL_OPTIONS": " ".join(_java_options(scratch, os.environ)),
        "PYSPARK_PYTHON": sys.executable,
        "SPARK_LOCAL_IP": "127.0.0.1",
    }
    done = subprocess.run(
        command, env=environment, cwd=scratch, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return done.stdout


def _ivy_settings(environment: Mapping[str, str]) -> str:
    """One repository: Ivy's own default, or the mirror that Spark's own variable names. No local Maven cache."""
    mirror = environment.get("DEFAULT_ARTIFACT_REPOSITORY")
    root = f" root={quoteattr(mirror)}" if mirror else ""
    return (
        '<ivysettings><settings defaultResolver="central"/><resolvers>'
        f'<ibiblio name="central" m2compatible="true"{root}/></resolvers></ivysettings>'
    )


def _java_options(scratch: Path, environment: Mapping[str, str]) -> list[str]:
    """Java reads neither SSL_CERT_FILE nor HTTPS_PROXY: behind a company's authority or proxy it must be told."""
    options = [f"-Duser.home={scratch}"]
    bundles = (environment.get(name) for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE"))
    if bundle := next((Path(path) for path in bundles if path and Path(path).is_file()), None):
        store = scratch / "truststore.p12"
        write_truststore(bundle, store)
        options += [f"-Djavax.net.ssl.trustStore={store}", f"-Djavax.net.ssl.trustStorePassword={PASSWORD}"]
    for scheme in ("http", "https"):
        proxy = urlsplit(environment.get(f"{scheme}_proxy") or environment.get(f"{scheme.upper()}_PROXY") or "")
        if proxy.hostname:
            options += [f"-D{scheme}.proxyHost={proxy.hostname}", f"-D{scheme}.proxyPort={proxy.port or 80}"]
    return options


def _failure(target: Path, wrong: list[str], output: str) -> str:
    said = "\n".join(output.strip().splitlines()[-25:])
    return (
        f"{said}\n\nSpark's resolver did not bring these jars with the hashes of {LOCK}:\n  "
        + "\n  ".join(wrong)
        + "\n"
        "Behind a company's own certificate authority, set SSL_CERT_FILE to its PEM file; behind a mirror of Maven"
        " Central, set DEFAULT_ARTIFACT_REPOSITORY to its address; then try again. On a machine without a network, copy"
        f" the jars from another machine into {target}"
    )

"""How Spark is set up for a Glue job: nothing listens but loopback, nothing is reported, S3 is the gateway."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from boathouse.settings import Settings
from boathouse.workers.java import PAYLOAD, java_home, spark_home
from boathouse.workers.truststore import PASSWORD, write_truststore

S3A = "org.apache.hadoop.fs.s3a"


@dataclass(frozen=True, slots=True)
class Encryption:
    """How S3A encrypts what it writes: ``algorithm`` is SSE-KMS (``key`` an ARN) or AES256."""

    algorithm: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Keys:
    """Temporary credentials and the region they are for."""

    access_key: str
    secret_key: str
    session_token: str
    region: str


def driver_environment() -> dict[str, str]:
    """What the driver's process and its JVM are started with: no credentials, and none to be found elsewhere."""
    return {
        "AWS_EC2_METADATA_DISABLED": "true",
        "JAVA_HOME": str(java_home()),
        "PYSPARK_DRIVER_PYTHON": sys.executable,
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": str(PAYLOAD),
        "SPARK_HOME": str(spark_home()),
        "SPARK_LOCAL_IP": "127.0.0.1",
    }


def driver_settings() -> dict[str, str]:
    """Spark's settings from the JVM's start on."""
    cores = os.cpu_count() or 1
    return {
        "spark.master": "local[*]",
        "spark.app.name": "boathouse",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.session.timeZone": "UTC",
        # Glue's cluster has 200; with as few cores as here most of a small job would be the starting of empty tasks
        "spark.sql.shuffle.partitions": str(max(4, 2 * cores)),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }


def job_environment(settings: Settings, keys: Keys) -> dict[str, str]:
    """What the script's own boto3 needs to reach the gateway as the job's role."""
    return {
        "AWS_ACCESS_KEY_ID": keys.access_key,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_DEFAULT_REGION": keys.region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL": settings.endpoint,
        "AWS_REGION": keys.region,
        "AWS_SECRET_ACCESS_KEY": keys.secret_key,
        "AWS_SESSION_TOKEN": keys.session_token,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def job_properties(
    settings: Settings, name: str, keys: Keys, encryption: Encryption | None, environment: Mapping[str, str]
) -> dict[str, str]:
    """The JVM's system properties that the script's ``SparkContext()`` takes its settings from.

    ``environment`` reaches the Python workers too (``spark.executorEnv``): without it boto3 in a UDF would find no
    endpoint and go to AWS. Blocks for a few milliseconds to write the truststore.
    """
    truststore = settings.work_dir.absolute() / "truststore.p12"
    write_truststore(settings.ca_file, truststore)
    hadoop = {
        "fs.s3.impl": f"{S3A}.S3AFileSystem",
        "fs.s3a.impl": f"{S3A}.S3AFileSystem",
        "fs.AbstractFileSystem.s3.impl": f"{S3A}.S3A",
        "fs.AbstractFileSystem.s3a.impl": f"{S3A}.S3A",
        "fs.s3a.endpoint": settings.tls_endpoint,
        "fs.s3a.endpoint.region": keys.region,
        "fs.s3a.path.style.access": "true",
        # Not S3A's own provider: of two threads that ask it first, one is told that there are no credentials.
        "fs.s3a.aws.credentials.provider": "com.amazonaws.auth.SystemPropertiesCredentialsProvider",
    }
    if encryption is not None:
        hadoop["fs.s3a.encryption.algorithm"] = encryption.algorithm
        if encryption.key:
            hadoop["fs.s3a.encryption.key"] = encryption.key
    return {
        "javax.net.ssl.trustStore": str(truststore),
        "javax.net.ssl.trustStorePassword": PASSWORD,
        "aws.accessKeyId": keys.access_key,
        "aws.secretKey": keys.secret_key,
        "aws.sessionToken": keys.session_token,
        "spark.app.name": name,
        **{f"spark.hadoop.{key}": value for key, value in hadoop.items()},
        **{f"spark.executorEnv.{key}": value for key, value in environment.items()},
    }

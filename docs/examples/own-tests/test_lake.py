import awswrangler as wr
import boto3


def test_a_table(boathouse):  # from here on plain boto3, PyAthena and awswrangler talk to the platform
    boto3.client("s3").create_bucket(Bucket="lake")
    wr.catalog.create_database("lab")
    wr.athena.create_ctas_table("SELECT 7 / 2 AS half", "lab", "t", s3_output="s3://lake/", wait=True)
    found = wr.athena.read_sql_table("t", "lab", s3_output="s3://lake/results/")
    assert found["half"].tolist() == [3]

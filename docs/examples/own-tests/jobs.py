"""What a Glue job does, as a function: the script that Glue runs calls it, and so does a test."""

from awsglue.context import GlueContext


def keep_pushes(context: GlueContext, source: str, target: str) -> int:
    """Copies the PushEvents of JSON lines in ``source`` to Parquet in ``target``; returns how many they are."""
    events = context.create_dynamic_frame.from_options(
        connection_type="s3", connection_options={"paths": [source]}, format="json"
    )
    pushes = events.toDF().where("type = 'PushEvent'")
    pushes.write.mode("overwrite").parquet(target)
    return pushes.count()

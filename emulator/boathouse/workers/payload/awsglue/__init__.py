"""``import awsglue`` for scripts written for AWS Glue, anew on plain PySpark, from AWS's documentation.

What AWS's library has and this one has not yet raises NotImplementedError by its name. Nothing here knows an emulator:
Spark's settings say where S3 is. Deviates: a DynamicFrame is a DataFrame with one schema (see dynamicframe.py).
"""

from awsglue.dynamicframe import DynamicFrame

__all__ = ["DynamicFrame"]

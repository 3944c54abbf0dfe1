"""A Glue script on PySpark alone: ``plain_spark.py cold|warm SCRIPT ARGUMENTS...``, Spark's settings in BENCH_SPARK.

It knows nothing of Boathouse but that its awsglue lies on Python's path. Warm, Spark has done before what a worker of
Boathouse has done, the session is there, and the last line printed is how many seconds the script took in it.
"""

import json
import os
import runpy
import sys
import time
from importlib import import_module

from pyspark import SparkConf, SparkContext
from pyspark.sql import SparkSession


def main() -> None:
    state, script, *arguments = sys.argv[1:]
    configuration = SparkConf().setAll(list(json.loads(os.environ["BENCH_SPARK"]).items()))
    context = SparkContext(conf=configuration)
    if state == "warm":
        context.stop()
        import_module("glue_bootstrap").warm_up()
        context = SparkContext(conf=configuration)
    SparkSession(context)
    sys.argv = [script, *arguments]
    began = time.perf_counter()
    runpy.run_path(script, run_name="__main__")
    taken = time.perf_counter() - began
    context.stop()
    print(taken)


if __name__ == "__main__":
    main()

"""What a DAG's tasks do, each in a process of its own: functions of plain values, which know AWS and no Airflow.

They are the steps that ``python -m pipelines run`` takes, with what lies between two of them passed on by name.
"""

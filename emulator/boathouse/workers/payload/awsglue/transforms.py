"""Transforms as classes, the older way to say what DynamicFrame's methods say.

https://docs.aws.amazon.com/glue/latest/dg/aws-glue-programming-python-transforms.html
"""

from typing import Any

from awsglue.dynamicframe import DynamicFrame
from awsglue.gaps import Missing


class ApplyMapping:
    @classmethod
    def apply(cls, frame: DynamicFrame, mappings: Any, transformation_ctx: str = "", **more: Any) -> DynamicFrame:
        return frame.apply_mapping(mappings, transformation_ctx, **more)


class SelectFields:
    @classmethod
    def apply(cls, frame: DynamicFrame, paths: Any, transformation_ctx: str = "", **more: Any) -> DynamicFrame:
        return frame.select_fields(paths, transformation_ctx, **more)


class DropFields:
    @classmethod
    def apply(cls, frame: DynamicFrame, paths: Any, transformation_ctx: str = "", **more: Any) -> DynamicFrame:
        return frame.drop_fields(paths, transformation_ctx, **more)


class RenameField:
    @classmethod
    def apply(
        cls, frame: DynamicFrame, old_name: str, new_name: str, transformation_ctx: str = "", **more: Any
    ) -> DynamicFrame:
        return frame.rename_field(old_name, new_name, transformation_ctx, **more)


class Repartition:
    @classmethod
    def apply(cls, frame: DynamicFrame, num_partitions: int, transformation_ctx: str = "", **more: Any) -> DynamicFrame:
        return frame.repartition(num_partitions, transformation_ctx, **more)


# Scripts begin with ``from awsglue.transforms import *``: what they then use and is not here must say its name.
DropNullFields = Missing("DropNullFields")
ErrorsAsDynamicFrame = Missing("ErrorsAsDynamicFrame")
EvaluateDataQuality = Missing("EvaluateDataQuality")
FillMissingValues = Missing("FillMissingValues")
Filter = Missing("Filter")
FindIncrementalMatches = Missing("FindIncrementalMatches")
FindMatches = Missing("FindMatches")
FlatMap = Missing("FlatMap")
Join = Missing("Join")
Map = Missing("Map")
MapToCollection = Missing("MapToCollection")
Relationalize = Missing("Relationalize")
ResolveChoice = Missing("ResolveChoice")
SelectFromCollection = Missing("SelectFromCollection")
SimplifyDDBJson = Missing("SimplifyDDBJson")
Spigot = Missing("Spigot")
SplitFields = Missing("SplitFields")
SplitRows = Missing("SplitRows")
Unbox = Missing("Unbox")
UnnestFrame = Missing("UnnestFrame")

__all__ = [name for name in dir() if name[0].isupper() and name not in ("Any", "DynamicFrame", "Missing")]

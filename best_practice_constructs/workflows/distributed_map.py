"""A map over a large input: an execution for each batch of items, some of which may fail (S4, L9)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from best_practice_constructs.workflows.definition_states import JsonObject

_LABEL = re.compile(r"[A-Za-z0-9_-]{1,40}")
_MOST_CONCURRENT = 10_000


def distributed_map(
    processor: Mapping[str, object],
    *,
    items: str | None = None,
    bucket: str | None = None,
    key: str | None = None,
    input_type: str = "JSON",
    max_concurrency: int = 40,
    items_per_batch: int | None = None,
    tolerated_failure_percentage: int = 0,
    results_bucket: str | None = None,
    results_prefix: str = "results/",
    is_express: bool = True,
    label: str | None = None,
    next: str | None = None,
) -> JsonObject:
    """Give a distributed ``Map`` state, in JSONata: each item, or batch of items, is an execution of its own.

    So the history of 25,000 events and the payload of 256 KiB are those of a batch, and not of the whole. The items are
    in a file of S3 (``bucket`` and ``key``), or in the input (``items``). With ``results_bucket`` what each execution
    gave is written there; else all of it has to fit into 256 KiB.

    :param processor: ``StartAt`` and ``States`` of what is done with an item or a batch (``$states.input.Items``).
    :param items: an expression that gives the items: ``"{% $states.input.orders %}"``.
    :param bucket: the name of the substitution that stands for the bucket of the file.
    :param key: of the file; an expression is allowed.
    :param input_type: of the file: ``"JSON"``, ``"JSONL"``, ``"CSV"`` (with a header), ``"PARQUET"``.
    :param max_concurrency: executions at once, 1 to 10,000; default 40: what is called bears no more by itself (L5).
    :param items_per_batch: default: each item by itself.
    :param tolerated_failure_percentage: of the items, after which the map fails; default 0, the first failure.
    :param results_bucket: the name of the substitution that stands for the bucket of the results.
    :param results_prefix: of their keys.
    :param is_express: whether the executions are express ones, five minutes at most, at least once; default ``True``.
    :param label: of the map in the names of the executions; default: one of Step Functions' own.
    :param next: the state that follows; default: none, the end.
    :raises ValueError: items from nowhere or from two places, or numbers and names that Step Functions refuses.

    ```python
    from best_practice_constructs import distributed_map

    wait = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 1, "End": True}}}
    each = distributed_map(wait, bucket="Uploads", key="orders.jsonl", input_type="JSONL", items_per_batch=100)
    assert each["MaxConcurrency"] == 40
    ```
    """
    _check(items=items, bucket=bucket, key=key, max_concurrency=max_concurrency, label=label)
    if (items_per_batch is not None and items_per_batch < 1) or not 0 <= tolerated_failure_percentage <= 100:
        raise ValueError(
            f"items_per_batch={items_per_batch}, tolerated_failure_percentage={tolerated_failure_percentage} cannot "
            "work: a batch has an item, and a percentage is 0 to 100."
        )
    config = {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS" if is_express else "STANDARD"}
    state: JsonObject = {
        "Type": "Map",
        "ItemProcessor": {"ProcessorConfig": config, **processor},
        "MaxConcurrency": max_concurrency,
        "ToleratedFailurePercentage": tolerated_failure_percentage,
    }
    if items is not None:
        state["Items"] = items
    else:
        reader: JsonObject = {"InputType": input_type}
        if input_type == "CSV":
            reader["CSVHeaderLocation"] = "FIRST_ROW"
        state["ItemReader"] = {
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": reader,
            "Arguments": {"Bucket": f"${{{bucket}}}", "Key": key},
        }
    if items_per_batch is not None:
        state["ItemBatcher"] = {"MaxItemsPerBatch": items_per_batch}
    if results_bucket is not None:
        state["ResultWriter"] = {
            "Resource": "arn:aws:states:::s3:putObject",
            "Arguments": {"Bucket": f"${{{results_bucket}}}", "Prefix": results_prefix},
        }
    if label is not None:
        state["Label"] = label
    return state | ({"Next": next} if next is not None else {"End": True})


def _check(*, items: str | None, bucket: str | None, key: str | None, max_concurrency: int, label: str | None) -> None:
    if (items is None) == (bucket is None) or (bucket is None) != (key is None):
        raise ValueError(
            f"items={items!r}, bucket={bucket!r}, key={key!r} cannot work: a map has its items from one place. Pass "
            "items='{% … %}', or bucket= and key= of a file."
        )
    if not 1 <= max_concurrency <= _MOST_CONCURRENT:
        raise ValueError(
            f"max_concurrency={max_concurrency} cannot work: 1 to {_MOST_CONCURRENT} executions run at once."
        )
    if label is not None and not _LABEL.fullmatch(label):
        raise ValueError(f"label={label!r} cannot work: it has 1 to 40 letters, digits, - and _.")

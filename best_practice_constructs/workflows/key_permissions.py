"""What using a resource takes beside, where it is encrypted with a key of the user's."""

from __future__ import annotations

from collections.abc import Callable

from aws_cdk import aws_kms as kms

from best_practice_constructs.permissions import kms as allow
from best_practice_constructs.permissions.permission import Permission

# By the attribute under which aws-cdk-lib has the key: of tables, buckets, queues, topics.
_KEYS: dict[str, Callable[[kms.IKey], list[Permission]]] = {
    "table_arn": lambda key: [allow.use_table_key(key)],
    "bucket_arn": lambda key: [allow.encrypt_objects(key), allow.decrypt(key)],
    "queue_arn": lambda key: [allow.encrypt_messages(key)],
    "topic_arn": lambda key: [allow.encrypt_messages(key)],
}
_KEY_OF = {
    "table_arn": "encryption_key",
    "bucket_arn": "encryption_key",
    "queue_arn": "encryption_master_key",
    "topic_arn": "master_key",
}


def key_permissions(resource: object) -> list[Permission]:
    """Give what using a table, bucket, queue or topic takes on its key; nothing where it has none of the user's."""
    for kind, permissions in _KEYS.items():
        if hasattr(type(resource), kind):
            key: kms.IKey | None = getattr(resource, _KEY_OF[kind], None)
            return permissions(key) if key is not None else []
    return []

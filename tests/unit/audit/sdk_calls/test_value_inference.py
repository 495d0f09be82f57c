"""Each way to get a client."""

from __future__ import annotations

import pytest

from tests.unit.audit.sdk_calls.code_support import actions_in

CLIENTS = {
    "of boto3": """
        import boto3
        table = boto3.client("dynamodb")
        def handler(event, context):
            table.put_item(Item={})
    """,
    "under another name": """
        import boto3 as aws
        def handler(event, context):
            aws.client(service_name="dynamodb").put_item(Item={})
    """,
    "imported from boto3": """
        from boto3 import client as make
        def handler(event, context):
            make("dynamodb").put_item(Item={})
    """,
    "of a session of boto3": """
        import boto3
        session = boto3.session.Session(region_name="eu-west-1")
        def handler(event, context):
            session.client("dynamodb").put_item(Item={})
    """,
    "of a session of botocore": """
        from botocore.session import get_session
        def handler(event, context):
            get_session().create_client("dynamodb").put_item(Item={})
    """,
    "of a cached function": """
        import functools, boto3
        @functools.cache
        def client():
            return boto3.client("dynamodb")
        def handler(event, context):
            client().put_item(Item={})
    """,
    "of a function that takes the name": """
        import boto3
        def client(name, *, region=None):
            return boto3.client(name, region_name=region)
        def handler(event, context):
            client("dynamodb", region="eu-west-1").put_item(Item={})
    """,
    "of a function that keeps clients": """
        import boto3
        clients = {}
        def client(name):
            if name not in clients:
                clients[name] = boto3.client(name)
            return clients[name]
        def other():
            client("sqs").send_message()
        def handler(event, context):
            client("dynamodb").put_item(Item={})
    """,
    "of the runtime": """
        from best_practice_constructs.runtime.clients import client
        def handler(event, context):
            client("dynamodb").put_item(Item={})
    """,
    "global, made when it is first used": """
        import boto3
        table = None
        def handler(event, context):
            global table
            table = table or boto3.client("dynamodb")
            table.put_item(Item={})
    """,
    "as an attribute": """
        import boto3
        class Orders:
            def __init__(self):
                self.table = boto3.client("dynamodb")
            def place(self):
                self.table.put_item(Item={})
        def handler(event, context):
            Orders().place()
    """,
    "as an attribute of a class": """
        import boto3
        class Orders:
            table = boto3.client("dynamodb")
            @classmethod
            def place(cls):
                cls.table.put_item(Item={})
        def handler(event, context):
            Orders.place()
    """,
    "as a property": """
        import boto3
        class Orders:
            @property
            def table(self):
                return boto3.client("dynamodb")
        def handler(event, context):
            Orders().table.put_item(Item={})
    """,
    "given to a constructor": """
        import boto3
        class Orders:
            def __init__(self, table):
                self._table = table
            def place(self):
                self._table.put_item(Item={})
        orders = Orders(boto3.client("dynamodb"))
        def handler(event, context):
            orders.place()
    """,
    "as the field of a dataclass": """
        import boto3
        from dataclasses import dataclass
        @dataclass
        class Orders:
            table: object
            def place(self):
                self.table.put_item(Item={})
        def handler(event, context):
            Orders(table=boto3.client("dynamodb")).place()
    """,
    "given to a function": """
        import boto3
        def place(table, item):
            table.put_item(Item=item)
        def handler(event, context):
            place(boto3.client("dynamodb"), item={})
    """,
    "annotated with its stub": """
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            from mypy_boto3_dynamodb import DynamoDBClient
        def place(table: "DynamoDBClient | None", item):
            table.put_item(Item=item)
        def handler(event, context):
            place(unknown(), item={})
    """,
    "cast to its stub": """
        from typing import cast
        from mypy_boto3_dynamodb.client import DynamoDBClient
        def handler(event, context):
            cast("DynamoDBClient", event["client"]).put_item(Item={})
    """,
    "chosen": """
        import boto3
        def handler(event, context):
            table = event.get("table") or boto3.client("dynamodb") if event else None
            table.put_item(Item={})
    """,
    "one of several": """
        import boto3
        def handler(event, context):
            for table in [boto3.client("dynamodb")]:
                table.put_item(Item={})
    """,
    "of a context manager": """
        import boto3
        from contextlib import contextmanager
        @contextmanager
        def table():
            yield boto3.client("dynamodb")
        def handler(event, context):
            with table() as opened:
                opened.put_item(Item={})
    """,
    "called by name": """
        import boto3
        def handler(event, context):
            getattr(boto3.client("dynamodb"), "put_item")(Item={})
    """,
    "not called here, but handed on": """
        import boto3
        from best_practice_constructs.runtime import logger
        def handler(event, context):
            for _ in map(boto3.client("dynamodb").put_item, event):
                logger().info("put")
    """,
    "a partial function": """
        import boto3
        from functools import partial
        def place(table, item):
            table.put_item(Item=item)
        put = partial(place, boto3.client("dynamodb"))
        def handler(event, context):
            put({})
    """,
    "in a dictionary that is computed": """
        import boto3
        clients = {name: boto3.client(name) for name in ("dynamodb",)}
        def handler(event, context):
            clients["dynamodb"].put_item(Item={})
    """,
    "the default of a field": """
        import boto3
        from dataclasses import dataclass, field
        @dataclass
        class Orders:
            table: object = field(default_factory=lambda: boto3.client("dynamodb"))
            def place(self):
                self.table.put_item(Item={})
        def handler(event, context):
            Orders().place()
    """,
    "the field of a named tuple": """
        import boto3
        from typing import NamedTuple
        class Clients(NamedTuple):
            region: str
            table: object
        def handler(event, context):
            Clients("eu-west-1", boto3.client("dynamodb")).table.put_item(Item={})
    """,
    "given in a dictionary of keywords": """
        import boto3
        def place(*, table):
            table.put_item(Item={})
        def handler(event, context):
            place(**{"table": boto3.client("dynamodb")})
    """,
    "of a base class": """
        import boto3
        class Stored:
            def __init__(self, table):
                self.table = table
        class Orders(Stored):
            def __init__(self):
                super().__init__(boto3.client("dynamodb"))
            def place(self):
                self.table.put_item(Item={})
        def handler(event, context):
            Orders().place()
    """,
    "of boto3's own session": """
        import boto3
        def handler(event, context):
            boto3.DEFAULT_SESSION.client("dynamodb").put_item(Item={})
    """,
    "asynchronous": """
        import asyncio, aioboto3
        async def place():
            async with aioboto3.Session().client("dynamodb") as table:
                await table.put_item(Item={})
        def handler(event, context):
            asyncio.run(place())
    """,
    "in a decorator": """
        import boto3, functools
        def stored(service):
            def decorate(function):
                @functools.wraps(function)
                def wrapper(*args):
                    boto3.client(service).put_item(Item={})
                    return function(*args)
                return wrapper
            return decorate
        @stored("dynamodb")
        def handler(event, context):
            pass
    """,
    "in an object that is the handler": """
        import boto3
        class Handler:
            def __init__(self):
                self.table = boto3.client("dynamodb")
            def __call__(self, event, context):
                self.table.put_item(Item={})
        handler = Handler()
    """,
    "a table of boto3's resources": """
        import boto3
        table = boto3.resource("dynamodb").Table("orders")
        def handler(event, context):
            table.put_item(Item={})
    """,
    "the client of a resource": """
        import boto3
        def handler(event, context):
            boto3.resource("dynamodb").Table("orders").meta.client.put_item(Item={})
    """,
    "annotated with a resource's stub": """
        from mypy_boto3_dynamodb.service_resource import Table
        def place(table: Table):
            table.put_item(Item={})
        def handler(event, context):
            place(event)
    """,
}


@pytest.mark.parametrize("source", CLIENTS.values(), ids=CLIENTS)
def test_the_client_is_known(source: str) -> None:
    assert actions_in(source) == {"dynamodb:PutItem"}


FILLED = {
    "appended": ("kept = []", "kept.append(boto3.client('s3'))", "kept[0]"),
    "appended to a list of nothing": ("kept = list()", "kept.append(boto3.client('s3'))", "kept[0]"),
    "appended elsewhere, and gone through": ("kept = []", "kept.append(boto3.client('s3'))", "[*kept][-1]"),
    "added to a set": ("kept = set()", "kept.add(boto3.client('s3'))", "kept.pop()"),
    "inserted": ("kept = []", "kept.insert(0, boto3.client('s3'))", "kept[0]"),
    "extended": ("kept = []", "kept.extend([boto3.client('s3')])", "kept[0]"),
    "updated by a keyword": ("kept = {}", "kept.update(s3=boto3.client('s3'))", "kept['s3']"),
    "updated by a dictionary": ("kept = dict()", "kept.update({'s3': boto3.client('s3')})", "kept.get('s3')"),
    "joined": ("kept = {}", "kept |= {'s3': boto3.client('s3')}", "kept['s3']"),
    "longer": ("kept = []", "kept += [boto3.client('s3')]", "kept[0]"),
    "kept by default": ("kept = {}", "kept.setdefault('s3', boto3.client('s3'))", "kept['s3']"),
    "a list in a dictionary": ("kept = {}", "kept.setdefault('s3', []).append(boto3.client('s3'))", "kept['s3'][0]"),
    "under a key of a dictionary in one": (
        "kept = {'a': {}}",
        "kept['a']['s3'] = boto3.client('s3')",
        "kept['a']['s3']",
    ),
    "under a key that is gone through": ("kept = {}", "kept['s3'] = boto3.client('s3')", "next(iter(kept.values()))"),
}


@pytest.mark.parametrize(("made", "fill", "read"), FILLED.values(), ids=FILLED)
def test_what_is_put_into_a_container_afterwards_is_in_it(made: str, fill: str, read: str) -> None:
    header = f"import boto3\n{made}\ndef handler(event, context):\n"
    assert actions_in(f"{header}    {read}.get_object()\n{fill}\n") == {"s3:GetObject"}
    inner = f"    def fill():\n        nonlocal kept\n        {fill}\n    fill()\n"
    source = f"import boto3\ndef handler(event, context):\n    {made}\n{inner}    {read}.get_object()\n"
    assert actions_in(source) == {"s3:GetObject"}


@pytest.mark.parametrize(("made", "fill", "read"), FILLED.values(), ids=FILLED)
def test_what_is_put_into_an_objects_container_is_in_it(made: str, fill: str, read: str) -> None:
    made, fill, read = (text.replace("kept", "self.kept") for text in (made, fill, read))
    source = (
        f"import boto3\nclass Clients:\n    def __init__(self):\n        {made}\n    def fill(self):\n        {fill}\n"
        f"    def read(self):\n        return {read}.get_object()\n"
        "def handler(event, context):\n    clients = Clients()\n    clients.fill()\n    clients.read()\n"
    )
    assert actions_in(source) == {"s3:GetObject"}


@pytest.mark.parametrize(
    "read", ["sorted([table])[0]", "list((table,))[0]", "next(iter({table}))", "dict(a=table)['a']"]
)
def test_what_a_container_of_another_holds_is_known(read: str) -> None:
    source = f"import boto3\ntable = boto3.client('dynamodb')\ndef handler(event, context):\n    {read}.query()\n"
    assert actions_in(source) == {"dynamodb:Query"}

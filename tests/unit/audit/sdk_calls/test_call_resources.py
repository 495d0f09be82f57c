"""Which variables name the resource of a call, where the code says so plainly, and where it does not."""

from __future__ import annotations

import textwrap

import pytest

from tests.unit.audit.sdk_calls.code_support import calls_in

ENVIRONMENT = {name: name.lower() for name in ("ORDERS", "INVOICES", "QUEUE", "BUS")}
CLIENT = "import os\nimport boto3\nfrom boto3 import client\ndb = boto3.client('dynamodb')\n"


def _variables(source: str, *, modules: dict[str, str] | None = None) -> set[str | None]:
    found = calls_in(CLIENT + textwrap.dedent(source), modules=modules, environment=ENVIRONMENT)
    assert found.unknown == ()
    assert found.calls
    assert not any(call.is_declared for call in found.calls)
    return {call.variable for call in found.calls}


@pytest.mark.parametrize(
    "name",
    [
        "os.environ['ORDERS']",
        "os.environ.get('ORDERS')",
        "os.getenv('ORDERS')",
        "os.getenv('ORDERS', 'orders')",
        "os.environ[NAME]",
        "os.environ[environment.ORDERS_NAME]",
        "TABLE",
        "_table()",
        "_required('ORDERS')",
        "_required()",
        "Settings.table",
        "Settings().table",
        "os.environ['ORDERS'] or os.environ['ORDERS']",
        "(found := os.environ['ORDERS'])",
        "_kept()",
    ],
)
def test_a_variable_that_is_read_plainly_names_the_resource(name: str) -> None:
    source = f"""
        import environment
        from environment import ORDERS_NAME as NAME
        TABLE: str = os.environ["ORDERS"]
        _name = None
        class Settings:
            table = os.environ["ORDERS"]
        def _table():
            return os.environ[NAME]
        def _required(name="ORDERS"):
            return os.environ[name]
        def _kept():
            global _name
            if _name is None:
                _name = os.environ["ORDERS"]
            return _name
        def handler(event, context):
            _required("INVOICES")
            db.put_item(TableName={name}, Item={{}})
    """
    assert _variables(source, modules={"environment": "ORDERS_NAME = 'ORDERS'"}) == {"ORDERS"}


@pytest.mark.parametrize(
    "call",
    [
        "client('sqs').send_message(QueueUrl={}, MessageBody='')",
        "client('sns').publish(TopicArn={}, Message='')",
        "client('s3').get_object(Bucket={}, Key='')",
        "client('s3').upload_file('file', {}, 'key')",
        "client('stepfunctions').start_execution(stateMachineArn={})",
        "client('lambda').invoke(FunctionName={})",
        "client('kinesis').put_record(StreamName={})",
        "client('firehose').put_record(DeliveryStreamName={})",
        "client('events').put_events(Entries=[{{'EventBusName': {}, 'Detail': ''}}])",
        "db.batch_write_item(RequestItems={{{}: []}})",
        "db.transact_write_items(TransactItems=[{{'Put': {{'TableName': {}, 'Item': {{}}}}}}])",
        "db.put_item(**{{'TableName': {}}})",
        "boto3.resource('dynamodb').Table({}).put_item(Item={{}})",
        "boto3.resource('dynamodb').Table(name={}).batch_writer()",
        "boto3.resource('s3').Bucket({}).upload_file('file', 'key')",
        "boto3.resource('sqs').Queue({}).send_message(MessageBody='')",
    ],
)
def test_the_parameter_that_names_the_resource_of_each_service(call: str) -> None:
    called = call.format("os.environ['ORDERS']")
    source = f"def handler(event, context):\n    {called}\n"
    assert _variables(source) == {"ORDERS"}


def test_an_object_that_is_kept_is_on_what_it_was_made_with() -> None:
    source = """
        table = boto3.resource("dynamodb").Table(os.environ["ORDERS"])
        class Store:
            def __init__(self):
                self._table = boto3.resource("dynamodb").Table(os.environ["ORDERS"])
            def save(self):
                self._table.put_item(Item={})
        def handler(event, context):
            table.get_item(Key={})
            Store().save()
    """
    assert _variables(source) == {"ORDERS"}


def test_a_call_may_be_on_one_of_two() -> None:
    source = """
        def handler(event, context):
            db.put_item(TableName=os.environ["ORDERS" if event else "INVOICES"], Item={})
            db.get_item(TableName=os.environ["ORDERS"] if event else os.environ["INVOICES"], Key={})
    """
    assert _variables(source) == {"INVOICES", "ORDERS"}


@pytest.mark.parametrize(
    "name",
    [
        "event['table']",
        "f\"{os.environ['ORDERS']}-archive\"",
        "os.environ['ORDERS'] + '-archive'",
        "os.environ['ORDERS'].strip()",
        "os.environ[event['name']]",
        "os.environ.get('OTHER', 'orders')",
        "os.environ.get('ORDERS') if event else event['table']",
        "LONGER",
        "table",
        "_tables()[0]",
        "Fields().table",
        "_same(event)",
        "'orders'",
    ],
)
def test_a_name_that_is_computed_names_nothing(name: str) -> None:
    source = f"""
        from dataclasses import dataclass
        LONGER = os.environ["ORDERS"]
        LONGER += "-archive"
        @dataclass
        class Fields:
            table: str = os.environ["ORDERS"]
        def _tables():
            return [os.environ["ORDERS"], os.environ["INVOICES"]]
        def _same(name):
            return name
        def _save(event, table):
            db.put_item(TableName={name}, Item={{}})
        def handler(event, context):
            _save(event, os.environ["ORDERS"])
            event.call(_save)
    """
    assert _variables(source) == {None}


@pytest.mark.parametrize(
    "call",
    [
        "client('s3').copy_object(Bucket=os.environ['ORDERS'], CopySource={'Bucket': 'b', 'Key': 'k'}, Key='k')",
        "boto3.resource('s3').Bucket(os.environ['ORDERS']).copy({}, 'k')",
        "client('events').put_events(Entries=[{'EventBusName': os.environ['BUS']}, {'Detail': ''}])",
        "client('events').put_events(Entries=[{**event, 'EventBusName': os.environ['BUS']}])",
        "client('events').put_events(Entries=event)",
        "db.batch_write_item(RequestItems={**event, os.environ['ORDERS']: []})",
        "db.put_item(**event)",
        "(db.put_item)",
        "boto3.resource('s3').Bucket('b').Object(os.environ['ORDERS']).put()",
    ],
)
def test_what_is_on_several_or_on_something_else_names_nothing(call: str) -> None:
    assert _variables(f"def handler(event, context):\n    {call}\n") == {None}


def test_a_list_that_grows_names_nothing() -> None:
    source = """
        def handler(event, context):
            entries = [{"EventBusName": os.environ["BUS"]}]
            entries.append(event)
            client("events").put_events(Entries=entries)
    """
    assert _variables(source) == {None}


def test_functions_that_call_each_other_end() -> None:
    source = """
        def one(deep):
            return two(deep) if deep else os.environ["ORDERS"]
        def two(deep):
            return one(deep) if deep else one(not deep)
        def handler(event, context):
            db.put_item(TableName=one(event), Item={})
    """
    assert _variables(source) == {None}


def test_what_is_declared_comes_before_what_is_read() -> None:
    source = "def handler(event, context):\n    db.put_item(TableName=os.environ['ORDERS'])  # sdk-calls: on INVOICES\n"
    (call,) = calls_in(CLIENT + source, environment=ENVIRONMENT).calls
    assert (call.variable, call.is_declared) == ("INVOICES", True)
